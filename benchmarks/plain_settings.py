"""The baseline: this project's database and models behind REST framework as it comes out of the box."""

import os

from outbound_site.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.plain_api"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
REMEMBER_CREDENTIALS = os.environ.get("BASELINE_REMEMBERS_CREDENTIALS") == "1"
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "outbound_site.unifiedconfig.authentication.RememberedBasicAuthentication"
        if REMEMBER_CREDENTIALS
        else "rest_framework.authentication.BasicAuthentication"
    ],
    "DEFAULT_PARSER_CLASSES": ["rest_framework_xml.parsers.XMLParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework_xml.renderers.XMLRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "BLOCK_SIZE": 100,
}
