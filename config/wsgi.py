"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

from config.help.guides import all_guides

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Every page names the latest news: a guide that is missing shows now, and not at the first page.
all_guides()
