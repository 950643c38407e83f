import gc
import os
import sys
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from outbound_site.chunked import measure_chunked_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")

application = measure_chunked_bodies(get_wsgi_application())

# Seconds, a fifth of the usual: while an import works, every other request waits for the interpreter again
# and again.
sys.setswitchinterval(0.001)
import_module(settings.ROOT_URLCONF)
# What is loaded by now stays. Without this the collector looks through all of it again and again, for a tenth
# of a second each time, in the middle of a request.
gc.collect()
gc.freeze()
