"""Loads the Windows time zones and the region prefixes; running it again changes nothing."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction

from timezones.models import TimeZone

TIME_ZONES = Path(__file__).parent / "data" / "windows_time_zones.csv"
COLUMNS = ["name", "display_name", "std_name", "dst_name", "bias", "dst_observed", "iana"]


class Changes(NamedTuple):
    """Names of the rows that a load added, changed and removed."""

    added: list[str]
    changed: list[str]
    removed: list[str]


def load_time_zones(file: Path = TIME_ZONES) -> Changes:
    """Make the stored zones those of the CSV file; zones that are not in it are retired.

    Raises ValidationError with one message for every bad line, having stored nothing.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        listed = read_time_zones(lines)
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
    return changes


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
    except (csv.Error, UnicodeDecodeError) as error:
        errors.append(f"Line {rows.line_num + 1}: {error}.")
    if not zones and not errors:
        errors.append("Line 2: the file holds no time zone.")
    if errors:
        raise ValidationError(errors)
    return list(zones.values())


def _read_time_zone(row: list[str]) -> tuple[list[str], TimeZone | None]:
    if len(row) != len(COLUMNS):
        return [f"{len(row)} fields where {len(COLUMNS)} belong."], None
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
