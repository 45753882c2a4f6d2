"""One settings file. Everything that differs between machines comes from the environment (docs/operator.md lists it)."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

import dj_database_url
from celery.schedules import schedule
from csp.constants import NONE, SELF

from config.environment import envbool, envint, envlist, envproxies, secret, secrets_check

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = envbool("OVERREAD_PRODUCTION", False)
DEBUG = False
DATA = Path(os.environ.get("OVERREAD_DATA", ROOT / "var"))

# --- Secrets --------------------------------------------------------------------------------------------------------
SECRET_KEY = secret("SECRET_KEY", DATA / "secrets", production=PRODUCTION)
PSEUDONYM_KEY = secret("PSEUDONYM_KEY", DATA / "secrets", production=PRODUCTION)  # patients, UIDs; never rotated
REFERENCE_KEY = secret(
    "REFERENCE_KEY", DATA / "secrets", production=PRODUCTION
)  # who is in the reference set; never rotated
AUDIT_KEY = secret("AUDIT_KEY", DATA / "secrets", production=PRODUCTION)  # signs the head of the audit chain
if PRODUCTION:
    secrets_check(SECRET_KEY=SECRET_KEY, PSEUDONYM_KEY=PSEUDONYM_KEY, REFERENCE_KEY=REFERENCE_KEY, AUDIT_KEY=AUDIT_KEY)

# --- Web ------------------------------------------------------------------------------------------------------------
ALLOWED_HOSTS = envlist("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = envlist("CSRF_TRUSTED_ORIGINS", [])
CSRF_FAILURE_VIEW = "frontend.pages.errors.csrf_failed"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
HTTPS = envbool("OVERREAD_HTTPS", PRODUCTION)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_ENGINE = "overread.accounts.sessions"
SESSION_COOKIE_AGE = envint("SESSION_HOURS", 12, low=1, high=168) * 3600
SESSION_IDLE_SECONDS = envint("SESSION_IDLE_MINUTES", 30, low=2, high=1440) * 60
TRUSTED_PROXIES = envproxies("TRUSTED_PROXIES")  # whose X-Forwarded-For is believed
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        **{name: [SELF] for name in ("script-src", "style-src", "img-src", "connect-src", "font-src", "form-action")},
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
LAUNCH_SECONDS = envint("LAUNCH_MINUTES", 10, low=1, high=1440) * 60  # how long a link from a PACS opens its image
UPLOAD_MAX_BYTES = envint("UPLOAD_MAX_MB", 256, low=1, high=2048) * 2**20
DATASET_FOLDERS = envlist("DATASET_FOLDERS", [])  # whose data sets members may import by page and REST
DATASET_ZIP_BYTES = envint("DATASET_ZIP_GB", 20, low=1, high=1000) * 2**30  # what one may hold, unpacked
DATASET_DAYS = envint("DATASET_DAYS", 7, low=1, high=365)  # how long a zip is kept that nobody goes on with
FRAMES_MAX = envint("FRAMES_MAX", 600, low=1, high=10_000)  # of one image that readers can leaf through
WEB_THREADS = envint("WEB_THREADS", 4, low=1, high=64)  # of a web process, for pages; files have theirs
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 2**20
# A file names a patient until it is de-identified: it is held in memory, and never in a temporary folder.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES + 64 * 1024

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "django_vite",
    "csp",
    "axes",
    "rules.apps.AutodiscoverRulesConfig",
    "overread.accounts",
    "overread.audit",
    "overread.jobs",
    "overread.projects",
    "overread.archive",
    "inference",
    "labeling",
    "training",
    "frontend",
    "demo",
]

MIDDLEWARE = [
    "overread.origin.middleware",
    "django.middleware.security.SecurityMiddleware",
    "frontend.policy.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "frontend.caching.middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "overread.accounts.sessions.middleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "overread.web.door.SignedInFirst",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "frontend" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.navigation",
                "frontend.context.preferences",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
        },
    }
]

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AXES_HANDLER = "overread.accounts.lockout.Lockout"
AXES_FAILURE_LIMIT = 8  # of one account from one address; the handler has the wider limits
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # or whoever goes on trying keeps others out for good
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "overread.origin.lock_address"
AXES_USERNAME_CALLABLE = "overread.accounts.lockout.name_kept"
AXES_USERNAME_FORM_FIELD = "username"
AXES_SENSITIVE_PARAMETERS = ["username", "password"]
AXES_LOCKOUT_CALLABLE = "frontend.pages.sign_in.locked_out"
AXES_VERBOSE = False

# --- Database and files ---------------------------------------------------------------------------------------------
DATABASE_URL = os.environ.get("DATABASE_URL", f"sqlite:///{DATA / 'overread.sqlite3'}")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATA.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / f"test-{os.getpid()}.sqlite3")}
else:
    DATABASES["default"]["ENGINE"] = "overread.postgresql"
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A hot statement (overread.rows) that has run so often on a connection is planned once; 0: never, for poolers that
    # hand a session on to others and do not know prepared statements.
    prepare = envint("DATABASE_PREPARE", 3, low=0, high=1000)
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = prepare or None
DATABASES["default"]["CONN_MAX_AGE"] = 300  # closing a SQLite database costs milliseconds, too
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGES = {
    "default": {"BACKEND": "overread.archive.files.DurableFiles", "OPTIONS": {"location": DATA / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
if bucket := os.environ.get("S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {"bucket_name": bucket, "endpoint_url": os.environ.get("S3_ENDPOINT_URL"), "file_overwrite": True},
    }

SELECTION_QUIET_SECONDS = 10  # for so long after an image more may follow, and a queue that holds cases is not filled
STRATEGY_MODULES = envlist("STRATEGY_MODULES", ["modAL", "skactiveml"])  # libraries whose strategies workers may run
ARCHITECTURES = envlist("ARCHITECTURES", [])  # modules of networks that recipes may name, and workers then run
MAPPED = DATA / "mapped"  # embeddings and scores once more, as this machine's workers map them; safe to delete
EXPORT_DAYS = envint("EXPORT_DAYS", 7, low=1, high=3650)  # how long the file of an export is kept

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", DATA / "static"))
STATICFILES_DIRS = [ROOT / "frontend" / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
if not PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # stays empty: the finders serve
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9a-zA-Z_-]{8,12}\..+$"
DJANGO_VITE = {
    "default": {"manifest_path": ROOT / "frontend/static/frontend/manifest.json", "static_url_prefix": "frontend"}
}

# --- Jobs -----------------------------------------------------------------------------------------------------------
JOB_LEASE_SECONDS = envint("JOB_LEASE_SECONDS", 30, low=2, high=3600)
JOB_REAPER_SECONDS = envint("JOB_REAPER_SECONDS", 5, low=1, high=600)
REDIS_URL = os.environ.get("REDIS_URL", "")
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost//"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 3600,
        "unacked_restore_interval": 5,
        "max_retries": 1,  # with Redis away nobody waits for a bell: the reaper rings again
        "interval_start": 0,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,  # of a Redis that is there and says nothing; more than a worker's BRPOP waits in it
        "socket_keepalive": True,
    }
else:
    for name in ("queue", "done", "control"):
        (DATA / "broker" / name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA / "broker/queue"),
        "data_folder_out": str(DATA / "broker/queue"),
        "processed_folder": str(DATA / "broker/done"),
        "control_folder": str(DATA / "broker/control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "interactive"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA / "beat")
CELERY_BEAT_SCHEDULE = {
    "reap": {"task": "jobs.reap", "schedule": schedule(JOB_REAPER_SECONDS), "options": {"expires": 60}},
    "tick": {"task": "jobs.tick", "schedule": schedule(60.0), "options": {"expires": 60}},
}

# --- API ------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "overread.accounts.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "overread.api.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "overread.api.problem",
    "PAGE_SIZE": 50,
}
TOKEN_DAYS = envint("TOKEN_DAYS", 90, low=1, high=3650)
REST_KNOX = {"TOKEN_TTL": timedelta(days=TOKEN_DAYS), "AUTH_HEADER_PREFIX": "Token", "TOKEN_LIMIT_PER_USER": 10}
SPECTACULAR_SETTINGS = {
    "TITLE": "Overread",
    "DESCRIPTION": "Images, predictions, assignments, labels, snapshots, runs, models, jobs. Errors are problem+json (RFC 9457).",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "FindingKind": "overread.projects.models.Finding.Kind",
        "Role": "overread.projects.models.Role",
    },
}

# --- Language, time, logs -------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # another one needs a clinician who reads in it
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE", "UTC")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:7} {request_id} {name}: {message}", "style": "{"}},
    "filters": {"request": {"()": "overread.origin.RequestFilter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request"],
            "formatter": "line",
            "stream": sys.stderr,
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "ERROR"},
        "overread.audit.anchors": {"level": "INFO" if envbool("AUDIT_ANCHOR_LOG", False) else "ERROR"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
    },
}
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# --- Audit ----------------------------------------------------------------------------------------------------------
AUDIT_ANCHORS = Path(os.environ.get("AUDIT_ANCHORS", DATA / "audit" / "anchors.jsonl"))

# --- Evaluation -----------------------------------------------------------------------------------------------------
REFERENCE_SHARE = envint("REFERENCE_PERCENT", 20, low=1, high=90) / 100  # of patients, for the whole deployment
