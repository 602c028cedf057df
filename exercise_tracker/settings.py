"""All settings, read from the environment; with no environment at all it is a development set-up on SQLite.

An installation that names its SECRET_KEY is a production one: DEBUG is off unless asked for, and
ALLOWED_HOSTS must be named (docs/decisions/0003).
"""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from exercise_tracker.env import (
    celery_broker_url,
    data_folder,
    env_bool,
    env_int,
    env_list,
    env_secret,
    env_str,
    env_vapid_key,
    kept_secret,
    kept_vapid_key,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env_str("VAR_DIR") or BASE_DIR / "var")

# Who we are ------------------------------------------------------------------------------------------
SECRET_KEY = env_secret("SECRET_KEY")
DEBUG = env_bool("DEBUG", default=not SECRET_KEY)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS") or (["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("SECRET_KEY is not set: name one (or SECRET_KEY_FILE), or set DEBUG=1.")
    SECRET_KEY = kept_secret(VAR_DIR / "secret_key")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is not set: name the host names people use, with commas.")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_ADDRESS = env_str("SITE_ADDRESS") or f"http://localhost:{env_int('PORT', 8000)}"

# Demonstration data is loaded into the embedded database, and into a named one only when asked for.
DEMO = env_bool("DEMO", default=False)

# What is installed -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "programs.home",
    "programs.exchange",
    "programs.logbook",
    "programs.reminders",
    "programs.safety",
    "programs.monitoring",
    "programs.care",
    "programs.library",
    "programs.conversations",
    "programs.delivery",
    "programs.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
]
MIDDLEWARE = [
    "programs.lib.middleware.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "programs.lib.middleware.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "programs.lib.middleware.ReadableCookiesMiddleware",
    "programs.lib.middleware.RequestSizeMiddleware",
    "programs.lib.middleware.TokenSignInMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "programs.lib.middleware.PrivatePagesMiddleware",
    "programs.lib.middleware.LocalTimeMiddleware",
    "programs.lib.middleware.DeletedAccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "exercise_tracker.urls"
WSGI_APPLICATION = "exercise_tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "programs" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
# In the server's session, which ends with signing out; a cookie would stay on a shared device.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# Where rows are kept ---------------------------------------------------------------------------------
_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": VAR_DIR / "exercise_tracker.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    },
    # A file, not memory: threads of one test must see one database, locked as in real life.
    "TEST": {"NAME": VAR_DIR / "test.sqlite3"},
}
_POSTGRESQL: dict[str, Any] = {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "options": (
            "-c lock_timeout=5000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=30000"
        )
    },
}
DATABASE_URL = env_str("DATABASE_URL")
if DATABASE_URL:
    try:
        _named = dj_database_url.parse(DATABASE_URL)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read ({error}): write postgresql://user:password@host:5432/name."
        ) from error
    if _named.get("ENGINE") == "django.db.backends.postgresql":
        # What the address itself says, such as sslmode, stays.
        _options = {**_named.get("OPTIONS", {}), **_POSTGRESQL["OPTIONS"]}
        DATABASES = {"default": {**_named, **_POSTGRESQL, "OPTIONS": _options}}
    elif _named.get("ENGINE") == "django.db.backends.sqlite3":
        DATABASES = {"default": {**_SQLITE, "NAME": _named["NAME"]}}
    else:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// or sqlite://.")
else:
    data_folder(VAR_DIR)
    DATABASES = {"default": _SQLITE}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_str("REDIS_URL")
CACHES = {
    # What sign-in counts: in the database, so that it neither breaks nor falls open when Redis is gone.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entries"},
    # What may be lost at any moment: the counters of REST requests.
    "counters": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "exercise_tracker",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# Who may come in -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# NIST 800-63B-4: a password that is the only factor has 15 characters or more, and no composition rules.
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "programs.accounts.adapters.UnlikeAddressValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:start"
ACCOUNT_ADAPTER = "programs.delivery.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# An invitation reached this address, which verifies it; nobody can sign up without one.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
# The page says the same either way. A mail to a stranger would invite to a sign-up page that is not there.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)
HEADLESS_CLIENTS = ("app",)
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
if not DEBUG:
    SESSION_COOKIE_NAME = "__Host-sessionid"
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
    SECURE_PROXY_SSL_HEADER = (
        ("HTTP_X_FORWARDED_PROTO", "https") if env_int("TRUSTED_PROXY_COUNT", 0) else None
    )
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The name and the shape are Django 6.0's, so that the middleware goes away with the upgrade.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "manifest-src": ["'self'"],
    "worker-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
# A whole session with notes is under 64 KiB; anything larger is a mistake or an attack.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# Where a file is handed in: a calendar.
LARGER_BODIES = {"/reminders/calendar/": 1024 * 1024}

# Words and files -------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = Path(env_str("STATIC_ROOT") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
EMAIL_HOST = env_str("EMAIL_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env_int("EMAIL_PORT", 587)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL") or "Exercise Tracker <no-reply@localhost>"

# Notices ---------------------------------------------------------------------------------------------
# How long a sender may hold a notice; above all that one batch of it can take.
DELIVERY_LEASE_SECONDS = 60
# Whose addresses a browser may name for Web Push: nothing else is ever called. ".example.org" means every
# host below it.
WEB_PUSH_HOSTS = [
    "fcm.googleapis.com",
    ".push.services.mozilla.com",
    ".notify.windows.com",
    ".push.apple.com",
]
# Whole origins beside them, also with plain http: for a push service that a test starts itself.
WEB_PUSH_TEST_ORIGINS: list[str] = []
# Whole origins, with their port, from which a calendar may be read although they are not public: for a server
# that a test starts itself.
CALENDAR_TEST_ORIGINS: list[str] = []
VAPID_PRIVATE_KEY = env_vapid_key("VAPID_PRIVATE_KEY")
if not VAPID_PRIVATE_KEY and DEBUG:
    VAPID_PRIVATE_KEY = kept_vapid_key(VAR_DIR / "vapid_private_key")
VAPID_SUBJECT = env_str("VAPID_SUBJECT") or (
    SITE_ADDRESS if SITE_ADDRESS.startswith("https://") else "mailto:no-reply@localhost"
)

# REST ------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "programs.accounts.adapters.SessionTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["programs.lib.permissions.IsPatient"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["programs.lib.parsers.StorableJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "programs.lib.pagination.KeysetPages",
    "PAGE_SIZE": 20,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["programs.lib.throttling.LenientRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "240/min"},
    "EXCEPTION_HANDLER": "programs.lib.errors.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Exercise Tracker",
    "DESCRIPTION": (
        "Guided home exercise for people with sciatica and calf pain. Not for real patients yet. "
        "Sign in with POST /api/v1/auth/app/v1/auth/login and send the session_token of the answer's meta "
        "as the X-Session-Token header. Errors are RFC 9457 problem+json with the field's name."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "programs.lib.schema.describe_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AffectedSide": "programs.care.models.Side",
        "ExerciseSides": "programs.library.models.Sides",
        "IntakeSide": "programs.logbook.models.Intake.Side",
        "ResultSide": "programs.logbook.models.ExerciseResult.Side",
        "ResultOutcome": "programs.logbook.models.ExerciseResult.Outcome",
        "SessionKind": "programs.logbook.models.GuidedSession.Kind",
        "SessionEffort": "programs.logbook.models.Effort",
        "PromptOutcome": "programs.reminders.models.Outcome",
        "FlagKind": "programs.monitoring.models.Kind",
        "FlagState": "programs.monitoring.models.FlagState",
        "FlagLevel": "programs.monitoring.models.Level",
        "FlagOutcome": "programs.monitoring.models.Outcome",
        "FlagEventKind": "programs.monitoring.models.FlagEvent.Kind",
        "PlanMode": "programs.care.models.Mode",
        "CriterionState": "programs.care.rules.criteria.STATES",
        "FlareState": "programs.care.rules.flare.STATES",
        "ExerciseCategory": "programs.library.models.Category",
        "ExercisePosition": "programs.library.models.Position",
        "ExerciseEquipment": "programs.library.models.Equipment",
        "ProgramKind": "programs.library.models.Program.Kind",
        "ProgramDirectionCheck": "programs.library.models.Program.DirectionFirst",
        "PainMeasure": "programs.library.models.PAIN_MEASURE_CHOICES",
        "ArticlePlace": "programs.library.rules.PLACES",
        "ContraindicationLevel": "programs.library.models.Contraindication.Level",
        "CheckInAnswer": "programs.monitoring.models.CheckIn.Answer",
        "SafetyAnswer": "programs.safety.models.Answer",
        "SafetyLevel": "programs.safety.models.ActionLevel",
        "ScreeningKind": "programs.safety.models.Screening.Kind",
        "SafetyLockEnding": "programs.safety.models.SafetyLock.Ending",
        "Reach": "programs.logbook.models.Reach",
    },
}

# Celery: a message is only a hint that there may be work; the rows are the truth -----------------------
CELERY_BROKER_URL = celery_broker_url(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 50
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 250_000  # kB
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20.0
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_SEND_SENT_EVENT = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 3
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,  # above the hard time limit, and the same in every process
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "retry_on_timeout": True,
    "global_keyprefix": "exercise_tracker:",
}
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 2,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.5,
}
CELERY_TASK_DEFAULT_QUEUE = "hint"
CELERY_TASK_ROUTES = {
    "delivery.tasks.*": {"queue": "clinical"},
    "exchange.tasks.*": {"queue": "clinical"},
    "logbook.tasks.*": {"queue": "clinical"},
    "monitoring.tasks.*": {"queue": "clinical"},
}
CELERY_BEAT_ENABLE_REMOTE_CONTROL = True
CELERY_BEAT_SCHEDULE = {
    "prompt_due": {"task": "reminders.tasks.prompt_due", "schedule": 5.0, "options": {"expires": 4}},
    "read_calendars": {
        "task": "reminders.tasks.read_calendars",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "deliver_due": {"task": "delivery.tasks.deliver_due", "schedule": 5.0, "options": {"expires": 4}},
    "escalate": {"task": "monitoring.tasks.escalate", "schedule": 15.0, "options": {"expires": 14}},
    "clear_finished": {
        "task": "delivery.tasks.clear_finished",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "clear_sessions": {
        "task": "accounts.tasks.clear_sessions",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "reconcile": {"task": "logbook.tasks.reconcile", "schedule": 3600.0, "options": {"expires": 3000}},
    "find_silent": {"task": "logbook.tasks.find_silent", "schedule": 3600.0, "options": {"expires": 3000}},
    "review_stages": {
        "task": "logbook.tasks.review_stages",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "close_left_sessions": {
        "task": "exchange.tasks.close_left_sessions",
        "schedule": 3600.0,
        "options": {"expires": 3000},
    },
    "wake_snoozed": {"task": "monitoring.tasks.wake_snoozed", "schedule": 300.0, "options": {"expires": 240}},
}

# Logs: ids only, never a score, a name or an address ---------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    # A watchdog that asks every few seconds reads the answer itself.
    "filters": {
        "not_unwell": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: getattr(record, "status_code", 0) != 503,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "programs": {"level": "INFO"},
        "django.request": {"level": "ERROR", "filters": ["not_unwell"]},
    },
}
