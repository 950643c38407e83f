"""What the board tells of campaigns' lists: state, contacts left, calls a minute.

Counting costs as much as lists are long. So a campaign is counted at once when something that decides its
state has changed, every SOON while an import is changing its list, and every LATER otherwise; in between, the
counters tell how many contacts are done with. The original's reports lag by 10 to 15 seconds
(outbound-option.md 11).
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from math import ceil
from threading import Lock
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef

from campaigns.models import Campaign
from campaigns.models.contact import CallStatus, Contact
from dialing.models import CallHistory
from supervision.campaign_state import LEFT, ListPart, State, Surroundings, list_parts, state_of
from supervision.charts import points

SOON, LATER = timedelta(seconds=15), timedelta(seconds=120)
# Counting that can wait is done for many campaigns at once, and takes at most this part of the time.
PAUSE, SHARE = timedelta(seconds=10), 0.05
MINUTES = 30
# Stands for all contacts of a list that are done with, the most of an old one.
ONE_CLOSED = ListPart(CallStatus.CLOSED, (), contacts=1, due=0, next_due=None)


class Signs(NamedTuple):
    """`decisive`: what else a state is judged by; `done`: contacts done with, as today's counters say."""

    version: int
    decisive: tuple[Any, ...]
    importing: bool
    done: int


class Counted(NamedTuple):
    state: State
    left: int
    signs: Signs
    at: datetime

    def left_by(self, done: int) -> int:
        """Of the contacts counted, those not done with since."""
        return max(0, self.left - (done - self.signs.done))

    def is_refuted_by(self, signs: Signs) -> bool:
        """Whether what the state was judged by has changed, or nobody is left of those counted."""
        before = self.signs
        judged_otherwise = (before.version, before.decisive) != (signs.version, signs.decisive)
        return judged_otherwise or (self.left > 0 and not self.left_by(signs.done))


class KnownLists:
    """The counts of this process, shared by its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.forget()

    def forget(self) -> None:
        self._counts: dict[int, Counted] = {}
        self._signs: dict[int, Signs] = {}
        self._campaigns: dict[int, Campaign] = {}
        self._rest_until = self._campaigns_since = self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._lines: dict[int, str] = {}
        self._lines_of = ""

    def count(
        self, changed: Mapping[int, Signs], present: AbstractSet[int], around: Surroundings, at: datetime
    ) -> tuple[Mapping[int, Counted], set[int]]:
        """The counts of the campaigns that are `present`, and which of them are new.

        `changed`: signs that are not those of the last time.
        """
        with self._lock:
            self._signs |= changed
            for gone in self._signs.keys() - present:
                del self._signs[gone]
            if at + SOON < self._looked_at:  # The clock was set back.
                self._counts, changed = {}, self._signs
                self._campaigns_since, self._rest_until = at - LATER, at
            self._looked_at = at
            due, rested = self._due(changed, at), at >= self._rest_until
            if rested:
                due |= self._oldest(due)
            if due:
                begin = time.monotonic()
                new = _count(self._campaigns_of(due, at), self._signs, around, at)
                self._counts = {pk: self._counts[pk] for pk in self._signs if pk in self._counts} | new
                if rested:
                    self._rest_until = at + max(PAUSE, timedelta(seconds=(time.monotonic() - begin) / SHARE))
            return self._counts, due

    def _due(self, changed: Mapping[int, Signs], at: datetime) -> set[int]:
        """What can not wait: whose state may be another now."""
        counts = self._counts
        due = {pk for pk, signs in changed.items() if pk not in counts or counts[pk].is_refuted_by(signs)}
        ends = ((pk, count.at, count.state.until) for pk, count in counts.items())
        return due | {pk for pk, since, end in ends if end and since < end <= at} & self._signs.keys()

    def _oldest(self, due: Collection[int]) -> set[int]:
        """Of the others, as many as make a round of all campaigns in LATER."""

        def counted_at(pk: int) -> datetime:
            return self._counts[pk].at - (LATER - SOON if self._signs[pk].importing else timedelta(0))

        waiting = sorted(self._counts.keys() & self._signs.keys() - due, key=counted_at)
        return set(waiting[: ceil(len(self._signs) * PAUSE / LATER)])

    def _campaigns_of(self, due: Iterable[int], at: datetime) -> list[Campaign]:
        """Read when their version is another, and all every LATER: the rules of zones may be changed."""
        if at - self._campaigns_since >= LATER:
            self._campaigns, self._campaigns_since = {}, at
        known = self._campaigns
        new = [pk for pk in due if pk not in known or known[pk].change_stamp != self._signs[pk].version]
        known |= Campaign.objects.select_related("time_zone").in_bulk(new)
        return [known[pk] for pk in due if pk in known]

    def lines(self, at: datetime) -> dict[int, str]:
        """Calls in each of the last MINUTES minutes as the points of a line, by campaign that had any."""
        minute = f"{at:%d%H%M}"
        if self._lines_of != minute:
            self._lines = {campaign: points(counts) for campaign, counts in calls_a_minute(at).items()}
            self._lines_of = minute
        return self._lines


known_lists = KnownLists()


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
    parts = list_parts(campaigns, at, LEFT)
    nobody_left = Campaign.objects.filter(pk__in=[pk for pk in campaigns if pk not in parts])
    for campaign in nobody_left.filter(Exists(Contact.objects.filter(campaign=OuterRef("pk")))).only("pk"):
        parts[campaign.pk].append(ONE_CLOSED)
    return parts


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
