from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from campaigns.configuration import follow_time_zones
        from timezones.loading import time_zones_loaded

        time_zones_loaded.connect(follow_time_zones)
