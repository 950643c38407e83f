import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from outbound_site.chunked import measure_chunked_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")

application = measure_chunked_bodies(get_wsgi_application())

import_module(settings.ROOT_URLCONF)
# What is loaded by now stays. Without this the collector looks through all of it again and again, for a tenth
# of a second each time, in the middle of a request.
gc.collect()
gc.freeze()
