"""One settings file for every way of running; what differs comes from the environment through `env`."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from config import env

ROOT = Path(__file__).resolve().parent.parent
HOME = env.folder("ANLAN_HOME", ROOT / "var")
FILES = env.folder("ANLAN_FILES", HOME / "files")
TESTING = env.flag("ANLAN_TESTING")
EXAMPLE = env.flag("ANLAN_EXAMPLE")
DEMO = env.flag("ANLAN_DEMO")
FURTHER_APPS = env.names("ANLAN_APPS")

DEBUG = env.flag("ANLAN_DEBUG")
SECRET_KEY = env.text("ANLAN_SECRET_KEY", "only-for-tests" if TESTING else None)
SECRET_KEY_FALLBACKS = env.names("ANLAN_OLD_SECRET_KEYS")
ALLOWED_HOSTS = env.names("ANLAN_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.names("ANLAN_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "anlan.kernel",
    "anlan.org",
    "anlan.standards",
    "anlan.papers",
    "anlan.programmes",
    "anlan.enterprises",
    "anlan.hazards",
    *(["tests.example"] if EXAMPLE else []),
    *FURTHER_APPS,
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "anlan.org.security.SessionGuardMiddleware",
    "anlan.kernel.requests.ActorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "anlan.kernel.shell.context",
            ],
            "builtins": ["anlan.kernel.templatetags.look"],
        },
    }
]

DATABASES = {
    "default": {
        **env.database(),
        "CONN_MAX_AGE": env.number("ANLAN_DB_MAX_AGE", 300),
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [ROOT / "frontend"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "anlan.kernel.assets.NodeModulesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "anlan.kernel.exchange.uploading.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_TEMP_DIR = env.text("ANLAN_TMP", "") or None

# Sign-in -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "org.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "anlan.kernel.pages.errors.csrf_failure"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "anlan.org.passwords.LengthValidator", "OPTIONS": {"least": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "anlan.org.passwords.MixedCharactersValidator"},
    {"NAME": "anlan.org.passwords.HistoryValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SESSION_ENGINE = "anlan.org.session_store"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("ANLAN_HTTPS")
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# How many of our own proxies stand in front: as many hops of X-Forwarded-For are believed.
ANLAN_PROXIES = env.number("ANLAN_PROXIES", 0)

ACCOUNT_ADAPTER = "anlan.org.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# A whole office comes from one address; guessing at one account is stopped by the lock-out.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "change_password": "10/m/user", "reauthenticate": "10/m/user"}
ACCOUNT_FORMS = {
    "login": "anlan.org.signin.SignInForm",
    "change_password": "anlan.org.signin.PasswordForm",
    "reauthenticate": "anlan.org.signin.PasswordAgainForm",
}
MFA_ADAPTER = "anlan.org.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A phone whose clock is up to one step (30 s) off still works.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "anlan.org.signin.CodeForm",
    "reauthenticate": "anlan.org.signin.CodeAgainForm",
    "activate_totp": "anlan.org.signin.BindForm",
}

AXES_FAILURE_LIMIT = "anlan.org.locks.limit"
AXES_COOLOFF_TIME = "anlan.org.locks.window"
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_CALLABLE = "anlan.org.locks.account_key"
AXES_CLIENT_IP_CALLABLE = "anlan.org.sessions.client_address"
AXES_LOCKOUT_CALLABLE = "anlan.org.signin.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
# The lock is on the account: a whole office comes from one address.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]

# The unified identity service (OIDC); without an issuer it is not offered.
ANLAN_OIDC = env.text("ANLAN_OIDC_ISSUER", "")
ANLAN_OIDC_CLAIM = env.text("ANLAN_OIDC_CLAIM", "preferred_username")
ANLAN_OIDC_LABEL = env.text("ANLAN_OIDC_LABEL", "统一身份认证")
SOCIALACCOUNT_ADAPTER = "anlan.org.adapters.UnifiedAdapter"
# By a link: the policy on forms (form-action 'self') would stop a form that ends at the identity service.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "unified",
                "name": ANLAN_OIDC_LABEL,
                "client_id": env.text("ANLAN_OIDC_CLIENT_ID", ""),
                "secret": env.text("ANLAN_OIDC_SECRET", ""),
                "settings": {"server_url": ANLAN_OIDC},
            }
        ]
        if ANLAN_OIDC
        else [],
    }
}
# How large the invented province of a demonstration is: sample, demo or province.
ANLAN_DEMO_SCALE = env.text("ANLAN_DEMO_SCALE", "sample" if TESTING else "demo")
ANLAN_DEMO_PASSWORD = env.text("ANLAN_DEMO_PASSWORD", "Anlan-2023-demo" if DEMO else "")

# What the pages may load --------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "worker-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The house ----------------------------------------------------------------------------------------
ANLAN_ACTOR_FACTORY = "anlan.org.actors.actor_of"
ANLAN_SEAT_FACTORY = "anlan.org.actors.actor_for"
ANLAN_DOMAINS = [
    "anlan.kernel.domain",
    "anlan.org.domain",
    "anlan.org.admin_domain",
    "anlan.standards.domain",
    "anlan.papers.domain",
    "anlan.programmes.domain",
    "anlan.enterprises.domain",
    "anlan.enterprises.facilities_domain",
    "anlan.hazards.domain",
    *(["tests.example.domain"] if EXAMPLE else []),
    *(f"{app}.domain" for app in FURTHER_APPS),
]
# Mail: without a server nothing is mailed, and notices stay in the house.
EMAIL_HOST = env.text("ANLAN_SMTP_HOST", "")
EMAIL_PORT = env.number("ANLAN_SMTP_PORT", 465)
EMAIL_HOST_USER = env.text("ANLAN_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("ANLAN_SMTP_PASSWORD", "")
EMAIL_USE_SSL = bool(EMAIL_HOST) and EMAIL_PORT == 465
EMAIL_USE_TLS = bool(EMAIL_HOST) and EMAIL_PORT == 587
DEFAULT_FROM_EMAIL = env.text("ANLAN_SMTP_FROM", EMAIL_HOST_USER or "anlan@localhost")
# The address under which people reach the house: links in mails begin with it.
ANLAN_SITE = env.text("ANLAN_SITE", "http://127.0.0.1:8000")
# Industry packs: one folder each, loaded at every start.
ANLAN_PACKS = env.folder("ANLAN_PACKS", ROOT / "packs")
ANLAN_UPLOAD_LIMIT = env.number("ANLAN_UPLOAD_LIMIT", 50 * 1024 * 1024)
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_ON_APP_READY = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "anlan.kernel.service_log.Line"}},
    "filters": {"worth": {"()": "anlan.kernel.service_log.Worth"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["worth"]}},
    "root": {"handlers": ["console"], "level": env.text("ANLAN_LOG", "WARNING" if TESTING else "INFO")},
    # What these tell at every start and for every job is of no use to an operator.
    "loggers": {name: {"level": "WARNING"} for name in ("axes", "procrastinate")},
}
