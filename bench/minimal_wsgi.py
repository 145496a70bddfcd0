"""The way in to the unit of measure: nothing that the application does at its start."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
