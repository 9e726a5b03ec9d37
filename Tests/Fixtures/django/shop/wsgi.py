import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

application = get_wsgi_application()
if settings.STATICFILES == "dj-static":
    from dj_static import Cling

    application = Cling(application)
