from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Self
from urllib.parse import quote
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from simple_history.models import HistoricalRecords

from timezones.zones import Zone, read_zones, write_zones

iana_names = cache(available_timezones)  # 5 ms a call, for 144 rows


def validate_iana(name: str) -> None:
    if name not in iana_names():
        raise ValidationError(f"“{name}” is not a zone of the IANA database.")


class CodePointOrder(models.Func):
    """The same order on every database, whatever collation PostgreSQL was created with."""

    template = "%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: Any, **extra_context: Any) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, template='%(expressions)s COLLATE "C"', **extra_context)


class CodePointField(models.CharField):
    """Text in that order, and an index over it, too."""

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        return parameters | {"collation": "C"} if connection.vendor == "postgresql" else parameters


class TimeZoneQuerySet(models.QuerySet["TimeZone"]):
    def current(self) -> Self:
        """The zones of the latest list, west to east (API text, "Time Zone API")."""
        return self.filter(retired=False)


class TimeZone(models.Model):
    """A zone of the Windows registry key "Time Zones". `bias`: minutes to add to standard time to get UTC."""

    name = models.CharField(max_length=128, unique=True)
    display_name = models.CharField(max_length=255)
    std_name = models.CharField("standard name", max_length=128)
    dst_name = models.CharField("daylight name", max_length=128)
    bias = models.SmallIntegerField(validators=[MinValueValidator(-840), MaxValueValidator(720)])
    dst_observed = models.BooleanField("daylight saving observed")
    iana = models.CharField("IANA name", max_length=64, blank=True, validators=[validate_iana])
    # A zone that left the list is kept for the campaigns that still name it; the API shows them `INVALID`.
    retired = models.BooleanField(default=False, editable=False)

    objects = TimeZoneQuerySet.as_manager()

    class Meta:
        ordering = [models.F("bias").desc(), CodePointOrder("display_name")]
        constraints = [
            models.CheckConstraint(name="timezone_bias", condition=models.Q(bias__range=(-840, 720))),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def ref_url(self) -> str:
        return f"/unifiedconfig/config/timezone/{quote(self.name, safe='')}"

    @property
    def zone(self) -> Zone:
        return Zone(self.bias, self.dst_observed)


class ZoneSetQuerySet(models.QuerySet["ZoneSet"]):
    def ids(self, members: Collection[str]) -> dict[str, int]:
        """Primary keys by text as `write_zones` gives it, in at most three queries; missing rows are made."""
        shared = self.filter(campaign=None)
        known = dict(shared.filter(members__in=members).values_list("members", "pk"))
        missing = sorted(set(members) - known.keys())
        if missing:
            # Another process may store the same sets meanwhile.
            self.bulk_create([self.model(members=text) for text in missing], ignore_conflicts=True)
            known |= dict(shared.filter(members__in=missing).values_list("members", "pk"))
        return known

    def id_of_campaign(self, campaign: int, zone: Zone) -> int:
        """Primary key of the campaign's own set, which is made with that zone when it is missing."""
        own, _ = self.get_or_create(campaign=campaign, defaults={"members": write_zones([zone])})
        return own.pk

    def change_zones(self, zones: Mapping[int, Zone]) -> None:
        """All phones that have the own set of a campaign, by its id, lie in that zone from the commit on."""
        own = [self.model(campaign=campaign, members=write_zones([zone])) for campaign, zone in zones.items()]
        # Not an update: an import of which nobody knows yet may be making the row.
        self.bulk_create(own, update_conflicts=True, unique_fields=["campaign"], update_fields=["members"])

    def for_campaign(self, campaign: int) -> Self:
        """Those that phones of the campaign may have."""
        return self.filter(models.Q(campaign=None) | models.Q(campaign=campaign))


class ZoneSet(models.Model):
    """The zones that a prefix or a phone may lie in: one, or several that a call has to suit together.

    Each campaign has a set of its own for phones of which nothing else says where they are, so that they
    follow a change of its time zone without a row of theirs being written. The other sets are shared.
    """

    members = models.CharField(max_length=255)
    campaign = models.PositiveBigIntegerField(
        null=True, unique=True, editable=False, help_text="Id of the campaign whose own set it is."
    )

    objects = ZoneSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "members", condition=models.Q(campaign=None), name="one_shared_set_of_zones"
            )
        ]

    def __str__(self) -> str:
        return self.members

    @property
    def zones(self) -> tuple[Zone, ...]:
        """West to east; the first one is shown where only one fits."""
        return read_zones(self.members)


class RegionPrefix(models.Model):
    """Numbers that begin so, in international form (country code first), lie in these zones."""

    prefix = models.CharField(
        max_length=15,
        unique=True,
        validators=[RegexValidator(r"^[1-9][0-9]*\Z", "Write digits only, country code first.")],
        help_text="Country code first: 1212 for area code 212, 4420 for London.",
    )
    zone_set = models.ForeignKey(ZoneSet, models.PROTECT, related_name="prefixes", verbose_name="zones")
    region = models.CharField(max_length=255, blank=True)
    own = models.BooleanField(
        default=False, help_text="Yours: a refresh of the seeded rows leaves it as it is."
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["prefix"]
        verbose_name_plural = "region prefixes"

    def __str__(self) -> str:
        return self.prefix
