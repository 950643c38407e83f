"""Django's settings. What a deployment may change comes from outbound_site/environment.py."""

import os
import zoneinfo
from datetime import timedelta
from typing import Any

import environ
from csp.constants import NONE, SELF

from outbound_site.data_directory import DIRECTORY_MODE, FILE_MODE, Unusable, open_data_directory
from outbound_site.environment import BASE_DIR, HOME_DIR, Environment

# The tzdata package in requirements.txt decides alone; a system's own copy may be years old.
zoneinfo.reset_tzpath(to=())
environ.Env.read_env(HOME_DIR / ".env")
env = Environment(os.environ)

PRODUCTION = env.flag("PRODUCTION")
DEBUG = False
DATA_DIR = (HOME_DIR / env.text("DATA_DIR")).resolve()
try:
    open_data_directory(DATA_DIR)
except Unusable as unusable:
    env.refuse("DATA_DIR", str(unusable))
SECRET_KEY = env.secret_key(PRODUCTION, DATA_DIR)
HOST = env.text("HOST")
PORT = env.number("PORT", 1, 65535)
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS")
if not ALLOWED_HOSTS and PRODUCTION:
    env.refuse("ALLOWED_HOSTS", "list the host names of this server, for example outbound.example.com")
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", HOST]
WEB_WORKERS = env.number("WEB_WORKERS", 1, 64)
WEB_THREADS = env.number("WEB_THREADS", 1, 64)
TASK_THREADS = env.number("TASK_THREADS", 1, 64)
ADMIN_USERNAME = env.text("ADMIN_USERNAME")
ADMIN_PASSWORD = env.text("ADMIN_PASSWORD")
DIALER_USERNAME = env.text("DIALER_USERNAME")
DIALER_PASSWORD = env.text("DIALER_PASSWORD")
MAX_BODY_BYTES = env.number("MAX_BODY_BYTES", 1024, 1 << 30)
# Zone of the original's "Logger": callback times on the wire and daily jobs are meant in it.
SERVER_TIME_ZONE = env.time_zone("SERVER_TIME_ZONE")
# The original's registry value CallbackDateTimeLimit.
CALLBACK_TIME_LIMIT = timedelta(minutes=env.number("CALLBACK_TIME_LIMIT", 1, 1440))
TIME_TO_RESET_DAILY_STATS = env.time_of_day("TIME_TO_RESET_DAILY_STATS")
HOME_COUNTRY = env.country("HOME_COUNTRY")

INSTALLED_APPS = [
    "outbound_site.apps.OutboundAdminConfig",
    "outbound_site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "simple_history",
    "axes",
    "csp",
    "timezones",
    "dnc",
    "campaigns",
    "callbacks",
    "dialing",
    "supervision",
]

MIDDLEWARE = [
    "outbound_site.core.health.answer_probes",
    "outbound_site.client_address.trust_proxies",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "outbound_site.core.server_time.on_server_clock",
]

ROOT_URLCONF = "outbound_site.urls"
WSGI_APPLICATION = "outbound_site.wsgi.application"
# Both spellings of a URL, with and without the final slash, are routed; a redirect would lose a POST body.
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # A link to the folder beside it; where the package is installed, a copy.
        "DIRS": [BASE_DIR / "outbound_site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

CACHES = {"default": {"BACKEND": "outbound_site.memory_cache.MemoryCache"}}

# Databases: docs/operating.md has the figures behind these options.
_database = env.database("DATABASE_URL", DATA_DIR / "outbound.sqlite3")
_options: dict[str, Any]
if _database["ENGINE"].endswith("sqlite3"):
    _options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
        "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=-20000;PRAGMA temp_store=MEMORY;",
    }
    # Seconds. To open the file costs 3 ms; when the last connection closes, its log is copied as well.
    _kept = 60
else:
    _database["ENGINE"] = "django.db.backends.postgresql"
    _options = {
        "pool": {"min_size": 1, "max_size": env.number("DATABASE_POOL_SIZE", 1, 100), "timeout": 10},
    }
    _kept = 0  # The pool keeps them.
DATABASES = {"default": _database | {"CONN_MAX_AGE": _kept, "CONN_HEALTH_CHECKS": True, "OPTIONS": _options}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["outbound_site.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = env.directory("STATIC_DIR", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "outbound_site" / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # There is nothing secret in them, and a proxy may serve them.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = FILE_MODE, DIRECTORY_MODE
MEDIA_ROOT = DATA_DIR / "uploads"

# Sign-in
PASSWORD_HASHERS = [
    "outbound_site.password_hashing.BoundedArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "admin:login"
CREDENTIAL_CACHE_SECONDS = env.number("CREDENTIAL_CACHE_SECONDS", 0, 1800)
AXES_FAILURE_LIMIT = env.number("SIGN_IN_FAILURE_LIMIT", 1, 1000)
AXES_COOLOFF_TIME = timedelta(minutes=env.number("SIGN_IN_PAUSE_MINUTES", 1, 1440))
SIGN_IN_ADDRESS_LIMIT = env.number("SIGN_IN_ADDRESS_LIMIT", 1, 100_000)
SIGN_IN_ACCOUNT_LIMIT = env.number("SIGN_IN_ACCOUNT_LIMIT", 1, 100_000)
AXES_HANDLER = "outbound_site.sign_in.SignInHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# An integration that goes on asking during the pause, with the right password too, does not prolong it.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "password"]

# Browser safety. Nothing is ever loaded from outside this server.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, 10)
if env.flag("BEHIND_TLS_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
# A deletion in the admin ticks one box a row.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

REST_FRAMEWORK = {
    # An endpoint that declares no rule answers 403 to everybody.
    "DEFAULT_PERMISSION_CLASSES": ["outbound_site.unifiedconfig.access.Refused"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "outbound_site.unifiedconfig.authentication.RememberedBasicAuthentication"
    ],
    "EXCEPTION_HANDLER": "outbound_site.unifiedconfig.errors.answer_exception",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

# The description of the dialer's interface, at /dialer/v1/openapi.json.
SPECTACULAR_SETTINGS = {
    "TITLE": "The dialer's interface",
    "DESCRIPTION": "Records out, call results in. Leases, fencing, retries: docs/dialer-interface.md.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/dialer/v1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# Background work: outbound_site/celery.py has the schedule.
CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL", DATA_DIR / "broker.sqlite3")
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith("sqlitemq"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.1}
elif CELERY_BROKER_URL.startswith("redis"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        # With kombu's own 10 x 10 a task of a lost worker waits up to 100 s longer.
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 30,
        "socket_keepalive": True,
        "health_check_interval": 25,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"confirm_publish": True}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "imports"
# The heartbeat is urgent too, or a queue full of imports would look like a worker that is gone.
CELERY_TASK_ROUTES = {
    "outbound_site.tasks.*": {"queue": "urgent"},
    "dialing.tasks.*": {"queue": "urgent"},
    "supervision.tasks.*": {"queue": "urgent"},
}
CELERY_BEAT_SCHEDULER = "outbound_site.schedule:Scheduler"
CELERY_TIMEZONE = SERVER_TIME_ZONE

# Do Not Call files: where rules may point to, and where uploads, sorted runs and rejected lines are kept.
DNC_WORK_DIR = DATA_DIR / "dnc-work"
DNC_ROOTS = env.directories("DNC_ROOTS", DATA_DIR / "dnc")
DNC_SHARES = env.shares("DNC_SHARES")
DNC_SCAN_SECONDS = env.number("DNC_SCAN_SECONDS", 1, 86_400)
DNC_SETTLE_SECONDS = env.number("DNC_SETTLE_SECONDS", 1, 86_400)
DNC_MAX_UNPACKED_BYTES = env.number("DNC_MAX_UNPACKED_BYTES", 1_048_576, 1_099_511_627_776)
DNC_READ_MINUTES = env.number("DNC_READ_MINUTES", 1, 1_440)

LOG_LEVEL = env.choice("LOG_LEVEL", "DEBUG", "INFO", "WARNING", "ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "full_disk": {"()": "outbound_site.logs.FullDiskFilter", "mark": DATA_DIR / "disk-full"},
        # A server that is busy or not ready says so to its clients; what it lacks is logged elsewhere.
        "no_503": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(record, "status_code", None) != 503,
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["full_disk"]}
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # At INFO Celery logs every periodic task.
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["no_503"]},
        "axes": {"level": "WARNING"},
        "celery": {"level": "WARNING"},
    },
}

if env.is_set("LDAP_URL"):
    from outbound_site.directory import directory_settings

    globals().update(directory_settings(env))
    AUTHENTICATION_BACKENDS.insert(1, "django_auth_ldap.backend.LDAPBackend")
