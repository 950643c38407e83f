"""Loads the Windows time zones and the region prefixes; running it again changes nothing."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import Signal
from phonenumbers.tzdata import TIMEZONE_DATA
from tzlocal.windows_tz import tz_win

from timezones.models import RegionPrefix, TimeZone, ZoneSet
from timezones.zones import Zone, write_zones

TIME_ZONES = Path(__file__).parent / "data" / "windows_time_zones.csv"
COLUMNS = ["name", "display_name", "std_name", "dst_name", "bias", "dst_observed", "iana"]

# Toll-free and other numbers without a place match no more than this; they are unknown.
NORTH_AMERICA = "1"
# Overlays that the package puts into another province, and the area code that they share the ground with:
# 474 is Saskatchewan, 879 Newfoundland and Labrador.
OVERLAYS = {"1474": "1306", "1879": "1709"}


# Sent in the transaction in which zones changed, or came back.
time_zones_loaded = Signal()


class Changes(NamedTuple):
    """Names of the rows that a load added, changed and removed."""

    added: list[str]
    changed: list[str]
    removed: list[str]


def load_time_zones(file: Path = TIME_ZONES) -> Changes:
    """Make the stored zones those of the CSV file; zones that are not in it are retired.

    Raises ValidationError with one message for every bad line, having stored nothing.
    """
    listed = read_time_zones(StringIO(_decode(file.read_bytes()), newline=""))
    with transaction.atomic():
        stored = {zone.name: zone for zone in TimeZone.objects.all()}
        changes = Changes(
            added=[zone.name for zone in listed if zone.name not in stored or stored[zone.name].retired],
            changed=[zone.name for zone in listed if _differs(zone, stored.get(zone.name))],
            removed=sorted(
                {name for name, zone in stored.items() if not zone.retired} - {z.name for z in listed}
            ),
        )
        TimeZone.objects.bulk_create(
            [zone for zone in listed if zone.name in {*changes.added, *changes.changed}],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=[*COLUMNS[1:], "retired"],
        )
        TimeZone.objects.filter(name__in=changes.removed).update(retired=True)
        if changes.added or changes.changed:
            time_zones_loaded.send(TimeZone)
    return changes


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValidationError(f"Line {line}: byte {content[error.start]:#x} is not UTF-8.") from error


def _differs(listed: TimeZone, stored: TimeZone | None) -> bool:
    if stored is None or stored.retired:
        return False
    return any(getattr(listed, column) != getattr(stored, column) for column in COLUMNS)


def read_time_zones(lines: Iterable[str]) -> list[TimeZone]:
    """Unsaved zones from the lines of a CSV file whose header is `COLUMNS`; raises ValidationError."""
    rows = csv.reader(lines, strict=True)
    zones: dict[str, TimeZone] = {}
    errors: list[str] = []
    try:
        if next(rows, None) != COLUMNS:
            raise ValidationError(f"Line 1: write the header {','.join(COLUMNS)}.")
        for row in rows:
            faults, zone = _read_time_zone(row)
            if zone and zone.name in zones:
                faults = ["name: stands in an earlier line too."]
            errors += [f"Line {rows.line_num}: {fault}" for fault in faults]
            if zone:
                zones[zone.name] = zone
    except csv.Error as error:
        errors.append(f"Line {rows.line_num}: {error}.")
    if not zones and not errors:
        errors.append("Line 2: the file holds no time zone.")
    if errors:
        raise ValidationError(errors)
    return list(zones.values())


def _read_time_zone(row: list[str]) -> tuple[list[str], TimeZone | None]:
    if len(row) != len(COLUMNS):
        return [f"{len(row)} fields where {len(COLUMNS)} belong."], None
    if any("\0" in field for field in row):
        return ["holds a NUL character."], None
    values = dict(zip(COLUMNS, row, strict=True))
    # Django reads `True`; Windows lists write `true`.
    zone = TimeZone(**values | {"dst_observed": values["dst_observed"].capitalize()})
    try:
        zone.clean_fields()
    except ValidationError as error:
        return list(_field_messages(error)), None
    return [], zone


def _field_messages(error: ValidationError) -> Iterator[str]:
    for field, messages in error.message_dict.items():
        yield from (f"{field}: {message}" for message in messages)


def load_region_prefixes(places: Mapping[str, tuple[str, ...]] = TIMEZONE_DATA) -> Changes:
    """Make the stored prefixes those of the phonenumbers package; an administrator's own rows stay.

    `places`: IANA zones by prefix in international form. Raises ValidationError when a zone is not loaded.
    """
    with transaction.atomic():
        rows = RegionPrefix.objects.select_related("zone_set").select_for_update(of=["self"])
        stored = {row.prefix: row for row in rows}
        own = {prefix for prefix, row in stored.items() if row.own}
        listed = {prefix: row for prefix, row in _listed_prefixes(places).items() if prefix not in own}
        changes = Changes(
            added=[prefix for prefix in listed if prefix not in stored],
            changed=[
                prefix
                for prefix, (zones, region) in listed.items()
                if prefix in stored
                and (zones, region) != (stored[prefix].zone_set.members, stored[prefix].region)
            ],
            removed=sorted(stored.keys() - listed.keys() - own),
        )
        _store_prefixes({prefix: listed[prefix] for prefix in [*changes.added, *changes.changed]})
        RegionPrefix.objects.filter(own=False, prefix__in=changes.removed).delete()
    return changes


def _store_prefixes(rows: Mapping[str, tuple[str, str]]) -> None:
    zone_sets = ZoneSet.objects.ids({zones for zones, _ in rows.values()})
    RegionPrefix.objects.bulk_create(
        [
            RegionPrefix(prefix=prefix, zone_set_id=zone_sets[zones], region=region)
            for prefix, (zones, region) in rows.items()
        ],
        update_conflicts=True,
        unique_fields=["prefix"],
        update_fields=["zone_set_id", "region"],
    )


def _listed_prefixes(places: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, str]]:
    """Text of the zones and name of the region, by prefix."""
    zones = _zones_by_iana_name()
    missing = sorted({name for names in places.values() for name in names} - zones.keys())
    if missing:
        raise ValidationError(
            f"{len(missing)} places have no time zone, {missing[0]} for one. Run load_time_zones first."
        )
    return {
        prefix: (write_zones(zones[name] for name in names), ", ".join(_place(name) for name in names))
        for prefix, names in _completed(places).items()
    }


def _completed(places: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """With every North American area code in all the zones that its exchanges lie in.

    The package names the exchanges it knows and gives the rest of the area code one zone or none; an
    exchange that it does not know may be in any of them.
    """
    listed = {prefix: names for prefix, names in places.items() if prefix != NORTH_AMERICA}
    area_codes: dict[str, set[str]] = {}
    for prefix, names in listed.items():
        if prefix.startswith(NORTH_AMERICA):
            area_codes.setdefault(prefix[:4], set()).update(names)
    listed |= {prefix: tuple(sorted(names)) for prefix, names in area_codes.items()}
    return listed | {prefix: listed[ground] for prefix, ground in OVERLAYS.items() if ground in listed}


def _zones_by_iana_name() -> dict[str, Zone]:
    """By way of CLDR's mapping of IANA names to Windows names, which tzlocal ships."""
    stored = {zone.name: zone.zone for zone in TimeZone.objects.all()}
    return {iana: stored[windows] for iana, windows in tz_win.items() if windows in stored}


def _place(iana: str) -> str:
    """`Fort Nelson` for `America/Fort_Nelson`."""
    return iana.rpartition("/")[2].replace("_", " ")
