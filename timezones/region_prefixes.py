"""From a phone number to the zones it may lie in, by its longest matching region prefix.

Prefixes are kept in international form, country code first. A number is brought into that form first:

* up to the first `*` or `#`, what follows is dialed after the call is answered;
* without the prefix for calls abroad, `00` or the home country's own (`011` from the United States);
* with the home country's code before it when it has the length of a number there, with or without the
  prefix for long-distance calls. So `2125550100` and `12125550100` are New York, and `4412345678` is not
  taken for the United Kingdom, which needs `441234567890`, `00441234567890` or `01144...`.

Outside North America such a number may be a valid one abroad as well: with HOME_COUNTRY=BR `4731234567` is
Joinville and Norway. A call has to suit the zones of both, unless an administrator's own row has the first.

Numbers of 7 digits or fewer are local and get no search (docs/behaviour.md 6, ImportRegLocalNumberSize).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Self

from outbound_site.core.phone_numbers import HomeCountry, home
from timezones.models import RegionPrefix, ZoneSet
from timezones.zones import read_zones, write_zones

LOCAL_NUMBER_SIZE = 7
HEAD = 4
# Of a phone that may be at home or abroad.
Pair = tuple[int, int]


class RegionPrefixMatcher:
    """Finds the zones of many numbers; built once for an import. `own`: prefixes of an administrator."""

    def __init__(
        self, zone_sets: Mapping[str, int], home: HomeCountry, own: AbstractSet[str] = frozenset()
    ) -> None:
        self._zone_sets, self._home, self._own = zone_sets, home, own
        self._unclear_lengths = home.unclear_lengths
        self._short = sorted({len(prefix) for prefix in zone_sets if len(prefix) < HEAD}, reverse=True)
        # For the first digits of a number, how long prefixes that begin so are, longest first: most have few.
        lengths: dict[str, set[int]] = defaultdict(lambda: {*self._short})
        for prefix in zone_sets:
            if len(prefix) >= HEAD:
                lengths[prefix[:HEAD]].add(len(prefix))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}

    @classmethod
    def from_database(cls) -> Self:
        rows = list(RegionPrefix.objects.values_list("prefix", "zone_set_id", "own"))
        own = {prefix for prefix, _, is_own in rows if is_own}
        return cls({prefix: zone_set for prefix, zone_set, _ in rows}, home(), own)

    def zone_set_ids(self, phones: Iterable[str]) -> list[int | None]:
        """Ids of the `ZoneSet` of each number, None where no prefix says where it is."""
        found = list(map(self._find, phones))
        pairs = {zones for zones in found if isinstance(zones, tuple)}
        if not pairs:
            return found  # type: ignore[return-value]
        joined = _join(pairs)
        return [joined[zones] if isinstance(zones, tuple) else zones for zones in found]

    def _find(self, phone: str) -> int | Pair | None:
        digits = phone if phone.isdigit() else phone.replace("#", "*").partition("*")[0]
        if len(digits) <= LOCAL_NUMBER_SIZE:
            return None
        if len(digits) not in self._unclear_lengths:
            return self._zone_set(self._home.international(digits))
        at_home, *abroad = self._home.readings(digits)
        zones = self._zone_set(at_home)
        if not abroad or self._is_own(at_home):
            return zones
        others = self._zone_set(abroad[0])
        return (zones, others) if zones and others and zones != others else zones or others

    def _zone_set(self, number: str) -> int | None:
        """By the longest prefix that the number begins with."""
        for length in self._lengths.get(number[:HEAD], self._short):
            found = self._zone_sets.get(number[:length])
            if found is not None:
                return found
        return None

    def _is_own(self, number: str) -> bool:
        lengths = self._lengths.get(number[:HEAD], self._short)
        return next((number[:n] in self._own for n in lengths if number[:n] in self._zone_sets), False)


def _join(pairs: Collection[Pair]) -> dict[Pair, int]:
    """Ids of the zone sets that hold the zones of both."""
    members = dict(
        ZoneSet.objects.filter(pk__in={key for pair in pairs for key in pair}).values_list("pk", "members")
    )
    texts = {pair: write_zones(read_zones(" ".join(members[key] for key in pair))) for pair in pairs}
    keys = ZoneSet.objects.ids(set(texts.values()))
    return {pair: keys[text] for pair, text in texts.items()}
