from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from outbound_site.deletion import Markable, history_of_concrete_model


from callbacks.rules import FIRST_TIME, LAST_TIME, check_new_time, check_time_change, storable
from campaigns.models import Campaign, Contact
from outbound_site.deletion import Markable
from outbound_site.server_time import to_wall
