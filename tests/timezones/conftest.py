import pytest

from timezones.loading import TIME_ZONES, load_region_prefixes, load_time_zones, read_time_zones
from timezones.models import TimeZone


@pytest.fixture(scope="session")
def listed():
    """The bundled zones by name, not stored."""
    with TIME_ZONES.open(newline="") as lines:
        return {zone.name: zone for zone in read_time_zones(lines)}


@pytest.fixture
def time_zones(db):
    load_time_zones()


@pytest.fixture
def no_time_zones(db):
    TimeZone.objects.all().delete()


@pytest.fixture
def region_prefixes(time_zones):
    load_region_prefixes()
