from django.apps import AppConfig


class DncConfig(AppConfig):
    name = "dnc"
