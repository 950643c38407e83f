"""What the board tells of campaigns' lists: state, contacts left, calls a minute.

Counting costs as much as lists are long. So a campaign is counted at once when something that decides its
state has changed, every SOON while its list is at work, and every LATER otherwise. The original's reports lag
by 10 to 15 seconds (outbound-option.md 11).
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing.campaign_state import LEFT, ListPart, State, Surroundings, list_parts, state_of
from dialing.charts import points
from dialing.models import CallHistory

SOON, LATER = timedelta(seconds=15), timedelta(seconds=60)
# Counting that can wait is done for many campaigns at once, and takes at most this part of the time.
PAUSE, SHARE = timedelta(seconds=5), 0.05
MINUTES = 30


ONE_CLOSED = ListPart(CallStatus.CLOSED, (), contacts=1, due=0, next_due=None)


class Signs(NamedTuple):
    """`version`: the campaign's change stamp; `decisive`: what else its state was judged by; `moving`:
    figures that change while its list is at work.
    """

    version: int
    decisive: tuple[bool, ...]
    moving: tuple[int, ...]


class Counted(NamedTuple):
    state: State
    left: int
    signs: Signs
    at: datetime


class KnownLists:
    """The counts of this process, shared by its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        self._known: dict[int, Counted] = {}
        self._campaigns: dict[int, Campaign] = {}
        self._rest_until = self._campaigns_since = datetime.min.replace(tzinfo=UTC)

    def counted(
        self, signs: Mapping[int, Signs], around: Surroundings, at: datetime
    ) -> Mapping[int, Counted]:
        """For all campaigns that `signs` are given of."""
        with self._lock:
            rested, known = at >= self._rest_until, self._known
            due = [pk for pk, sign in signs.items() if _is_due(known.get(pk), sign, rested, at)]
            if due:
                begin = time.monotonic()
                new = _count(self._campaigns_of(due, signs, at), signs, around, at)
                self._known = {pk: count for pk, count in known.items() if pk in signs} | new
                if rested:
                    self._rest_until = at + max(PAUSE, timedelta(seconds=(time.monotonic() - begin) / SHARE))
            return self._known

    def _campaigns_of(self, due: Iterable[int], signs: Mapping[int, Signs], at: datetime) -> list[Campaign]:
        """Read when their version is another, and all every LATER: the rules of zones may be changed."""
        if at - self._campaigns_since >= LATER:
            self._campaigns, self._campaigns_since = {}, at
        known = self._campaigns
        new = [pk for pk in due if pk not in known or known[pk].change_stamp != signs[pk].version]
        known |= Campaign.objects.select_related("time_zone").in_bulk(new)
        return [known[pk] for pk in due if pk in known]


known_lists = KnownLists()


def _is_due(known: Counted | None, signs: Signs, rested: bool, at: datetime) -> bool:
    if known is None or known.signs[:2] != signs[:2]:
        return True
    if known.state.until and known.at < known.state.until <= at:
        return True
    return rested and at - known.at >= (LATER if known.signs == signs else SOON)


def _count(
    campaigns: Collection[Campaign], signs: Mapping[int, Signs], around: Surroundings, at: datetime
) -> dict[int, Counted]:
    parts = _parts_left([campaign.pk for campaign in campaigns], at)
    return {
        campaign.pk: Counted(
            state=state_of(campaign, parts[campaign.pk], around, at),
            left=sum(part.contacts for part in parts[campaign.pk] if part is not ONE_CLOSED),
            signs=signs[campaign.pk],
            at=at,
        )
        for campaign in campaigns
    }


def _parts_left(campaigns: Collection[int], at: datetime) -> dict[int, list[ListPart]]:
    """Contacts that are done with, the most of an old list, are not counted: one stands for all."""
    parts = list_parts(campaigns, at, LEFT)
    nobody_left = Campaign.objects.filter(pk__in=[pk for pk in campaigns if pk not in parts])
    for campaign in nobody_left.filter(Exists(Contact.objects.filter(campaign=OuterRef("pk")))).only("pk"):
        parts[campaign.pk].append(ONE_CLOSED)
    return parts


def lines(at: datetime) -> dict[int, str]:
    """Calls in each of the last MINUTES minutes as the points of a line, by campaign that had any."""
    key = f"board-lines-{at:%d%H%M}"
    found: dict[int, str] | None = cache.get(key)
    if found is None:
        found = {campaign: points(counts) for campaign, counts in calls_a_minute(at).items()}
        cache.set(key, found, 60)
    return found


def calls_a_minute(at: datetime) -> dict[int, list[int]]:
    """For each of the last MINUTES full minutes, the oldest first; a minute that is over is counted once."""
    end = at.replace(second=0, microsecond=0)
    minutes = [end - timedelta(minutes=back) for back in range(MINUTES, 0, -1)]
    keys = {f"calls-{minute:%H%M}": minute for minute in minutes}
    known = cache.get_many(keys)
    new = {key: _calls_in(minute) for key, minute in keys.items() if key not in known}
    cache.set_many(new, 60 * MINUTES)
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * MINUTES)
    for place, key in enumerate(keys):
        for campaign, count in (known | new)[key].items():
            counts[campaign][place] = count
    return counts


def _calls_in(minute: datetime) -> dict[int, int]:
    calls = CallHistory.objects.filter(at__gte=minute, at__lt=minute + timedelta(minutes=1)).order_by()
    return dict(calls.values_list("campaign").annotate(Count("pk")))
