"""Django settings. One file: what differs between installations comes from the environment or the data folder.

KFL_DATA       the data folder (default ./data): portal.sqlite3, answers/, jobs.sqlite3, files/, keys/
KFL_DATABASE   postgresql://user:password@host/name for the portal; default SQLite in the data folder
KFL_ANSWERS_DATABASE  another one, for the answers (`kfl.answers.places`); default SQLite files in the data folder
KFL_BACKUPS    the folder of the backups, for `kfl check` to look at (default: not looked at)
KFL_STATIC     where static files are collected (default: static/ in the data folder)
KFL_HOSTS      comma-separated host names that the portal answers to (default: loopback only)
KFL_HTTPS      1 behind a proxy that ends TLS: secure `__Host-` cookies and HSTS
KFL_SMTP       smtp://user:password@host:port; default: mail is written to files in the data folder
KFL_FROM       the address that mail comes from
KFL_AUDIT_TO   an address outside the server that gets the head of the audit log once a day
"""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF

from kfl.web import rooms
from kfl.web.mail_server import mail_server_of, sender_of

PACKAGE = Path(__file__).resolve().parent.parent
KFL_DATA = Path(os.environ.get("KFL_DATA") or "data").resolve()
HTTPS = os.environ.get("KFL_HTTPS") == "1"
KFL_DEMO = (KFL_DATA / "demo.json").exists()  # the mark of an invented county: one-click sign-in, no mail, no rosters
KFL_JOBS_AT_ONCE = False  # tests have no worker
KFL_AUDIT_TO = os.environ.get("KFL_AUDIT_TO", "")
KFL_AUDIT_KEY = KFL_DATA / "keys" / "audit.key"  # made with the first audit line (people/audit_chain.py)


def _secret_key() -> str:
    """The data folder's own key, which whoever makes the folder writes (`kfl.cli.main`).

    Where there is none, as in a check or a build, nothing that is signed outlives this process.
    """
    path = KFL_DATA / "keys" / "secret.key"
    return path.read_text().strip() if path.exists() else secrets.token_urlsafe(50)


def _databases() -> dict[str, object]:
    if url := os.environ.get("KFL_DATABASE"):
        parts = urlsplit(url)
        return {
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                # A socket's folder stands as ?host=/path, as libpq writes it.
                "HOST": parse_qs(parts.query).get("host", [unquote(parts.hostname or "")])[0],
                "PORT": parts.port or "",
            }
        }
    return {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": KFL_DATA / "portal.sqlite3",
            # PROMISES 6.2: the defaults lose acknowledged writes at power cut and drop concurrent ones.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                "PRAGMA secure_delete=ON;",
            },
        }
    }


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = os.environ.get("KFL_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
DATABASES = _databases()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.User"
ROOT_URLCONF = "kfl.web.urls"

INSTALLED_APPS = [
    *rooms.apps(),
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "kfl.web.middleware.usual_methods",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "kfl.web.unfit.unfit_values",
    "kfl.web.middleware.roles_read_once",
    "kfl.web.middleware.own_language",
    "kfl.web.middleware.signed_in_pages",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kfl.web.navigation.page_head",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "kfl.core.templatetags.core",
            ],
        },
    }
]

# Language: bokmål is the source; nynorsk and English are complete catalogues.
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["kfl.core.formats"]
TIME_ZONE = "Europe/Oslo"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False  # it would also group the keys in forms and anchors; for reading there is |number

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("KFL_STATIC", KFL_DATA / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024  # lists (5 MB at most) never touch the temporary folder
WHITENOISE_MAX_AGE = 3600

# Shared by all processes of an installation. What is dropped first is chosen by chance, so counts (of attempts to sign
# in, of mails that were asked for) do not lie among pages, which would push them out.
CACHES = {
    name: {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": KFL_DATA / "cache" / name,
        "OPTIONS": {"MAX_ENTRIES": most},
    }
    for name, most in (("default", 2_000), ("kept", 5_000))
}

# Sign-in (django-allauth): password, code by e-mail, TOTP, passkeys. Accounts come from rosters, not from sign-up.
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "web:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "web:home"
ACCOUNT_ADAPTER = "kfl.people.signin.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_FORMS = {"login": "kfl.web.account_forms.SignInForm"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # mail may be slow
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Kultur for læring: "
# Django's own, which holds for one address of one account; the library's writes a row the first time it is asked.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60  # people/freshness.py
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # a mail to nobody, which takes as long (people/signin.py)
MFA_FORMS = {
    "add_webauthn": "kfl.web.account_forms.AddPasskeyForm",
    "edit_webauthn": "kfl.web.account_forms.EditPasskeyForm",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses come from rosters, not from whoever signs in
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kultur for læring"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # passkeys on http://localhost only; browsers refuse elsewhere
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

if (smtp := os.environ.get("KFL_SMTP")) and not KFL_DEMO:  # invented people get no mail
    _smtp = mail_server_of(smtp)
    EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS = _smtp.host, _smtp.port, _smtp.uses_tls
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _smtp.user, _smtp.password
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = KFL_DATA / "files" / "mail"
EMAIL_TIMEOUT = 20  # a mail server that says nothing must not hold up the worker
DEFAULT_FROM_EMAIL = sender_of(os.environ.get("KFL_FROM") or "kultur-for-laring@localhost")

# Sessions, cookies, headers (PROMISES 5.3–5.4).
SESSION_COOKIE_AGE = 30 * 60  # without a sign of life (middleware.py renews it); and at most a working day:
KFL_SESSION_LONGEST_S = 10 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
if HTTPS:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
else:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "kfl_session", "kfl_csrf"
LANGUAGE_COOKIE_NAME = "kfl_language"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "accelerometer", "gyroscope")
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],  # Designsystemet draws its marks as data-SVG masks
        "font-src": [SELF],
        "media-src": [SELF],  # recorded sound of a question, in the questionnaire editor
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# What the system check would ask for on a public host is set by KFL_HTTPS=1 above.
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # A path may tell what somebody looked for, so refused addresses are not logged.
    "loggers": {"django.request": {"level": "ERROR"}},
}
