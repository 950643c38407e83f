import os

from django.core.wsgi import get_wsgi_application

from outbound_site.chunked import measure_chunked_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")

application = measure_chunked_bodies(get_wsgi_application())
