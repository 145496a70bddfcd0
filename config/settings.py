"""Django's settings. Every value that a hospital may change comes from the environment."""

from __future__ import annotations

import os
from typing import Any

import structlog
from csp.constants import NONE, SELF

from config import env

BASE_DIR = env.ROOT
DATA_HOME = env.data_home()
HAS_OWN_SERVERS = bool(env.secret("DATABASE_URL"))
IS_EMBEDDED = env.switch("CHARTROOM_EMBEDDED", False)
PROFILE = env.choice(
    "CHARTROOM_PROFILE",
    env.PROFILES,
    "production" if HAS_OWN_SERVERS and not IS_EMBEDDED else "demo",
)
IS_DEMO = PROFILE == "demo"
if IS_DEMO and HAS_OWN_SERVERS and not IS_EMBEDDED:
    raise env.SettingsError("The demo profile is refused when DATABASE_URL is set")

DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY")
if PROFILE == "production" and len(SECRET_KEY) < 50:
    raise env.SettingsError("SECRET_KEY must be set and at least 50 characters long")
SECRET_KEY = SECRET_KEY or "no-secret-outside-a-running-server"
ALLOWED_HOSTS = env.secret("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
SITE_URL = env.secret("SITE_URL", "http://localhost:8000")
IS_SECURE = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if IS_SECURE else []
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "auditlog",
    "csp",
    "django_structlog",
    "audit",
    "jobs",
    "accounts",
    "records.access",
    "records.patients",
    "records.encounters",
    "records.documents",
    "records.interchange",
    "records.charts",
    "records.retention",
    "requests_release",
    "config.apps.ConfigConfig",
]

MIDDLEWARE = [
    "config.middleware.ResponseHeadersMiddleware",
    "audit.middleware.OriginMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.IdleLogoffMiddleware",
    "accounts.middleware.SignInRequiredMiddleware",
    "accounts.middleware.SignInDutiesMiddleware",
    "accounts.middleware.SavedListMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "config.middleware.RequestLogMiddleware",
    "audit.middleware.RefusalMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.static",
                "config.templatetags.chartroom",
                "accounts.templatetags.saved_lists",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "config.forms.Renderer"

# --- Database: one role a process -----------------------------------------------------------
DATABASE_ROLE = env.choice("CHARTROOM_DATABASE_ROLE", env.DATABASE_ROLES, "app")
if HAS_OWN_SERVERS:
    _url = "OWNER_DATABASE_URL" if DATABASE_ROLE == "owner" else "DATABASE_URL"
    _database: dict[str, Any] = env.database(_url)
else:
    _database = {"ENGINE": "django.db.backends.postgresql", "NAME": "chartroom"}
_database |= {
    "CONN_MAX_AGE": env.whole("DATABASE_CONN_MAX_AGE", 300, low=0, high=86400),
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
}
_database["OPTIONS"] = _database.get("OPTIONS", {}) | {
    "application_name": f"chartroom-{DATABASE_ROLE}",
    "connect_timeout": 10,
    "options": (
        "-c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
        + (
            ""
            if DATABASE_ROLE == "owner"
            else (
                " -c statement_timeout=30000 -c lock_timeout=10000"
                # Short statements of many people: workers and compilation cost more than they save.
                " -c max_parallel_workers_per_gather=0 -c jit=off"
            )
        )
    ),
}
DATABASES = {"default": _database}
# The role that `migrate` gives the application's rights to.
DATABASE_APP_ROLE = (
    str(env.database("DATABASE_URL")["USER"]) if HAS_OWN_SERVERS else "chartroom_app"
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cache and queue ------------------------------------------------------------------------
REDIS_URL = env.secret("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "chartroom",
    }
}
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "global_keyprefix": "chartroom:"}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840

# --- Sign-in --------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if PROFILE == "test":
    PASSWORD_HASHERS = ["accounts.hashers.FastHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": env.whole("PASSWORD_MIN_LENGTH", 15, low=8, high=64)},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.forms.passwords.SignInForm",
    "reauthenticate": "accounts.forms.passwords.FreshPasswordForm",
    "change_password": "accounts.forms.passwords.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/15m/key,50/15m/ip", "login": "60/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXY_COUNT", 0, low=0, high=10)
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
CSRF_FAILURE_VIEW = "config.views.errors.csrf_failure"
MFA_TOTP_ISSUER = "Chartroom"
MFA_FORMS = {
    "authenticate": "accounts.forms.factors.CodeForm",
    "reauthenticate": "accounts.forms.factors.FreshCodeForm",
    "authenticate_webauthn": "accounts.forms.factors.PasskeyForm",
    "login_webauthn": "accounts.forms.factors.PasskeySignInForm",
    "reauthenticate_webauthn": "accounts.forms.factors.FreshPasskeyForm",
    "generate_recovery_codes": "accounts.forms.factors.RecoveryCodesForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_SECURE
# A key left in the machine proves nobody: it asks for its PIN or finger every time.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
USERSESSIONS_TRACK_ACTIVITY = False
USERSESSIONS_ADAPTER = "accounts.adapters.SessionsAdapter"
ROLES_REQUIRING_SECOND_FACTOR = [
    role
    for role in env.secret(
        "ROLES_REQUIRING_SECOND_FACTOR",
        "" if PROFILE != "production" else "CLERK,SUPERVISOR,COMPLIANCE,PROVIDER,ADMINISTRATOR",
    ).split(",")
    if role
]
SESSION_ENGINE = "accounts.session_store"
SESSION_SERIALIZER = "accounts.session_data.SealedSerializer"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
IDLE_LOGOFF_SECONDS = env.whole("IDLE_LOGOFF_SECONDS", 900, low=20, high=86400)
SESSION_ABSOLUTE_SECONDS = env.whole("SESSION_ABSOLUTE_SECONDS", 43200, low=60, high=604800)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_USE_SESSIONS = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_NAME = "__Host-session" if IS_SECURE else "session"
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
ANONYMOUS_USER_NAME = None

# --- Headers --------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, Any] = {
    feature: [] for feature in ("camera", "microphone", "geolocation", "payment", "usb")
} | {"publickey-credentials-get": "self", "publickey-credentials-create": "self"}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_SECURE
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/"]
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Time, words, files ---------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = env.secret("FACILITY_TIME_ZONE", "America/New_York")
USE_I18N = True
LANGUAGE_CODE = "en-us"
FORMAT_MODULE_PATH = ["config.formats"]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_HOME / "static"
# What browsers ask for by themselves, beside a PDF for instance: /favicon.ico.
WHITENOISE_ROOT = BASE_DIR / "static" / "root"
WHITENOISE_ALLOW_ALL_ORIGINS = False  # other sites have no use for our styles and scripts
VAULT_STORAGE = env.choice("VAULT_STORAGE", ("local", "s3"), "local")
VAULT_FOLDER = DATA_HOME / "vault"
_vault: dict[str, Any] = {
    "BACKEND": "records.documents.vault.storages.LocalVault",
    "OPTIONS": {"location": VAULT_FOLDER},
}
if VAULT_STORAGE == "s3":
    _vault = {
        "BACKEND": "records.documents.vault.s3.S3Vault",
        "OPTIONS": {
            "bucket_name": env.secret("VAULT_S3_BUCKET", "chartroom-vault"),
            "endpoint_url": env.secret("VAULT_S3_ENDPOINT") or None,
            "access_key": env.secret("VAULT_S3_ACCESS_KEY"),
            "secret_key": env.secret("VAULT_S3_SECRET_KEY"),
            "region_name": env.secret("VAULT_S3_REGION", "us-east-1"),
            "file_overwrite": True,
            "default_acl": None,
        },
    }
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "vault": _vault,
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if PROFILE == "test"
            else "config.staticfiles.Storage"
        )
    },
}
UPLOAD_MAX_BYTES = env.whole("UPLOAD_MAX_MEGABYTES", 100, low=1, high=4096) * 1024 * 1024
UPLOAD_MAX_PAGES = env.whole("UPLOAD_MAX_PAGES", 5000, low=1, high=100000)
SANDBOX_CHILDREN = env.whole("SANDBOX_CHILDREN", 2, low=1, high=64)
# Uploads stay in memory: Django's own handlers write large ones to the disk in plain.
FILE_UPLOAD_HANDLERS = ["records.documents.forms.uploads.MemoryUploadHandler"]
FILE_UPLOAD_TEMP_DIR = None
# Tink keysets as JSON, and the sealing key as 32 bytes in hex; `manage.py up` makes them for a
# stand-alone copy, a hospital keeps them in its secret store.
VAULT_KEYSET = env.secret("VAULT_KEYSET")
FIELD_KEYSET = env.secret("FIELD_KEYSET")
INDEX_KEYSET = env.secret("INDEX_KEYSET")
SEAL_KEY = env.secret("SEAL_KEY")
# Public keys (hex, separated by commas) of sealing keys used before; their seals stay valid.
SEAL_RETIRED_KEYS = [key for key in env.secret("SEAL_RETIRED_KEYS").split(",") if key]
SEAL_LAG_ALARM_SECONDS = env.whole("SEAL_LAG_ALARM_SECONDS", 60, low=5, high=3600)
ANCHOR_FILE = env.secret("ANCHOR_FILE", str(DATA_HOME / "anchor" / "seals.jsonl"))

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.secret("EMAIL_HOST", "localhost")
if PROFILE != "production":
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
FACILITY_NAME = env.secret("FACILITY_NAME", "Chartroom Demo Hospital")
# Address and phone of the records department on letters, one line for each part.
_LINES = env.secret("FACILITY_LINES", "1 Demo Street, Portland, ME 04101; Records (207) 555-0100")
FACILITY_LINES = [line.strip() for line in _LINES.split(";") if line.strip()]

# --- Logs: ids only, never bodies, query strings or parameters --------------------------------
LOG_FORMAT = env.choice("LOG_FORMAT", ("json", "console"), "json")
_renderer: Any = structlog.processors.JSONRenderer()
if LOG_FORMAT == "console":
    _renderer = structlog.dev.ConsoleRenderer(colors=False)
_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": _renderer,
            "foreign_pre_chain": _shared,
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.db.backends": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},  # greets on standard error whenever it is imported
    },
}
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
# The id that log lines take over is our own: OriginMiddleware replaces whatever a client sends.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True


# --- House rules a hospital may set ------------------------------------------------------------
BREAK_GLASS_MINUTES = env.whole("BREAK_GLASS_MINUTES", 60, low=1, high=60)
BREAK_GLASS_REVIEW_HOURS = env.whole("BREAK_GLASS_REVIEW_HOURS", 72, low=1, high=720)
RELEASE_MARK_MINUTES = env.whole("RELEASE_MARK_MINUTES", 15, low=1, high=240)
MRN_LENGTH = env.whole("MRN_LENGTH", 8, low=6, high=14)
# The address under which other systems name this house's own record numbers (an identifier's
# system); without one, numbers from elsewhere are kept as numbers of other houses.
RECORD_NUMBER_SYSTEM = env.secret("RECORD_NUMBER_SYSTEM")
DESTRUCTION_WAIT_DAYS = env.whole("DESTRUCTION_WAIT_DAYS", 0, low=0, high=365)

SILENCED_SYSTEM_CHECKS = [
    "guardian.W001",  # rights are read by our own wrapper, which honours their expiry
    "auth.W004",  # unique without regard to case, by a constraint that this check cannot read
]
