"""From a phone number to the zones it may lie in, by its longest matching region prefix.

Prefixes are kept in international form, country code first. A number is brought into that form first:

* up to the first `*` or `#`, what follows is dialed after the call is answered;
* without the prefix for calls abroad, `00` or the home country's own (`011` from the United States);
* with the home country's code before it when it has the length of a number there, with or without the
  prefix for long-distance calls. So `2125550100` and `12125550100` are New York, and `4412345678` is not
  taken for the United Kingdom, which needs `441234567890`, `00441234567890` or `01144...`.

Numbers of 7 digits or fewer are local and get no search (outbound-option.md 6, ImportRegLocalNumberSize).
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Self

from outbound_site.core.phone_numbers import HomeCountry, home
from timezones.models import RegionPrefix

LOCAL_NUMBER_SIZE = 7
HEAD = 4


class RegionPrefixMatcher:
    """Finds the zones of many numbers; built once for an import."""

    def __init__(self, zone_sets: Mapping[str, int], home: HomeCountry) -> None:
        self._zone_sets = zone_sets
        self._home = home
        self._short = sorted({len(prefix) for prefix in zone_sets if len(prefix) < HEAD}, reverse=True)
        # For the first digits of a number, how long prefixes that begin so are, longest first: most have few.
        lengths: dict[str, set[int]] = defaultdict(lambda: {*self._short})
        for prefix in zone_sets:
            if len(prefix) >= HEAD:
                lengths[prefix[:HEAD]].add(len(prefix))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}

    @classmethod
    def from_database(cls) -> Self:
        zone_sets = dict(RegionPrefix.objects.values_list("prefix", "zone_set_id"))
        return cls(zone_sets, home())

    def zone_set_id(self, phone: str) -> int | None:
        """Id of the `ZoneSet` of the number, None when no prefix says where it is."""
        digits = phone if phone.isdigit() else phone.replace("#", "*").partition("*")[0]
        if len(digits) <= LOCAL_NUMBER_SIZE:
            return None
        number = self._home.international(digits)
        for length in self._lengths.get(number[:HEAD], self._short):
            found = self._zone_sets.get(number[:length])
            if found is not None:
                return found
        return None
