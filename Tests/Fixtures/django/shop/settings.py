import os
from pathlib import Path

from . import credentials

BASE_DIR = Path(__file__).resolve().parent.parent
CREDENTIALS = credentials.load()

SECRET_KEY = os.environ.get("SECRET_KEY", "not a secret: this project only ever runs in tests")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1").split(",")
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "UTC"
USE_TZ = True

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "catalog",
]
if os.environ.get("BROKEN_MIGRATION"):
    INSTALLED_APPS.append("broken")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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

# Database: SQLite unless the credentials say otherwise. A relative name stays in the project.
database = {"ENGINE": "sqlite3", "NAME": "db.sqlite3", **credentials.addon(CREDENTIALS, "DATABASE")}
database["ENGINE"] = "django.db.backends." + database["ENGINE"]
if database["ENGINE"].endswith("sqlite3"):
    database["NAME"] = BASE_DIR / database["NAME"]
DATABASES = {"default": database}

# Mail
mail = {"HOST": "localhost", "PORT": 25, **credentials.addon(CREDENTIALS, "MAIL")}
EMAIL_HOST = mail["HOST"]
EMAIL_PORT = int(mail["PORT"])
EMAIL_HOST_USER = mail.get("USERNAME", "")
EMAIL_HOST_PASSWORD = mail.get("PASSWORD", "")
DEFAULT_FROM_EMAIL = mail.get("FROM", "shop@example.com")

# A proxy in front speaks TLS and sends people who come by http there.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
SILENCED_SYSTEM_CHECKS = ["security.W008"]

# Static files: whitenoise (a middleware), dj-static (see wsgi.py) or django-storages.
STATICFILES = os.environ.get("STATICFILES", "whitenoise")
STATIC_URL = "/static/"
STATIC_ROOT = str(BASE_DIR / "staticfiles")  # dj-static 0.0.6 wants a string, not a Path

if STATICFILES == "whitenoise":
    MIDDLEWARE.insert(1, "whitenoise.middleware.WhiteNoiseMiddleware")
elif STATICFILES == "django-storages":
    # Any object store that Apache Libcloud knows; a local folder unless the credentials say otherwise.
    storage = {
        "TYPE": "LOCAL",
        "USER": str(BASE_DIR / "storage"),
        "KEY": "",
        "BUCKET": "static",
        **credentials.addon(CREDENTIALS, "STORAGE"),
    }
    if storage["TYPE"] == "LOCAL":
        (Path(storage["USER"]) / storage["BUCKET"]).mkdir(parents=True, exist_ok=True)
    LIBCLOUD_PROVIDERS = {
        "default": {
            "type": "libcloud.storage.types.Provider." + storage["TYPE"],
            "user": storage["USER"],
            "key": storage["KEY"],
            "bucket": storage["BUCKET"],
        }
    }
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "storages.backends.apache_libcloud.LibCloudStorage"},
    }
