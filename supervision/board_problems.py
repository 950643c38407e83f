"""What goes wrong, what is being loaded, and which callbacks are due, as the board shows them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, F, Q

from callbacks.models import PersonalCallback
from campaigns.models import ImportJob, ImportState
from campaigns.models.campaign import RescheduleCallbackMode
from campaigns.models.contact import CallStatus
from dialing.clock import BEHIND
from dialing.models import CallHistory, NewestTime
from dnc.models import FileImport, ImportRule
from outbound_site.core.health import describe_jump, is_recent
from outbound_site.core.jobs import JobState
from outbound_site.core.models import Heartbeat
from outbound_site.core.server_time import begin_of, to_wall

# How long a failure stays on the board, and after what time a Do Not Call list is old: the Telemarketing
# Sales Rule (16 CFR 310.4) asks for one that is not older than 31 days.
RECENT = timedelta(days=1)
OLD_LIST = timedelta(days=31)
FAILURES = 5


class Problem(NamedTuple):
    """`page` and `key`: the admin page that helps, as a URL name with its argument."""

    text: str
    page: str = ""
    key: int | None = None


class Load(NamedTuple):
    """A bar: `done` of `total`, which is 0 where nobody knows it."""

    text: str
    page: str
    key: int
    done: int
    total: int


def problems_and_loads(at: datetime) -> tuple[list[Problem], list[Load]]:
    imports, files = contact_imports(at), file_loads(at)
    problems = [
        *clock_behind(at),
        *no_worker(at),
        *not_made(at),
        *files.failed[:FAILURES],
        *unread_rules()[:FAILURES],
        *old_list(at),
        *imports.failed[:FAILURES],
    ]
    return problems, [*imports.running, *files.running]


class Loads(NamedTuple):
    running: list[Load]
    failed: list[Problem]


def contact_imports(at: datetime) -> Loads:
    refused = Q(state=ImportState.REFUSED, created_at__gte=at - RECENT)
    jobs = ImportJob.objects.filter(Q(state=ImportState.RUNNING) | refused).values_list(
        "pk", "state", "campaign__name", "rows_read", "rows_bad"
    )
    found = Loads([], [])
    page = "admin:campaigns_importjob_change"
    for pk, state, name, rows_read, rows_bad in jobs:
        if state == ImportState.REFUSED:
            text = f"An import into {name} was refused: {rows_bad:,} bad row{'' if rows_bad == 1 else 's'}."
            found.failed.append(Problem(text, page, pk))
        else:
            found.running.append(Load(f"Contacts into {name}: {rows_read:,} rows read", page, pk, 0, 0))
    return found


def file_loads(at: datetime) -> Loads:
    """Of the Do Not Call list."""
    running = Q(state__in=[JobState.RUNNING, JobState.QUEUED])
    failed = Q(state=JobState.FAILED)
    rejected = Q(in_force=True, rejected__gt=0)
    lately = (failed | rejected) & Q(finished_at__gte=at - RECENT)
    rows = FileImport.objects.filter(running | lately | Q(grown_at__gte=at - RECENT)).values_list(
        "pk", "state", "file_name", "message", "phase", "done", "total", "rejected", "grown_at"
    )
    found = Loads([], [])
    page = "admin:dnc_fileimport_change"
    for pk, state, name, message, phase, done, total, left_out, grown_at in rows:
        if state == JobState.FAILED:
            found.failed.append(Problem(f"Do Not Call file {name} was not loaded: {message}", page, pk))
        elif grown_at:
            text = (
                f"Do Not Call file {name} was written to after its import; what it gained is not in the list."
            )
            found.failed.append(Problem(text, page, pk))
        elif state == JobState.SUCCEEDED:
            lines = f"{left_out:,} line{'' if left_out == 1 else 's'}"
            found.failed.append(Problem(f"Do Not Call file {name} was loaded without {lines}.", page, pk))
        else:
            text = f"Do Not Call file {name}: {phase or JobState(state).label}"
            found.running.append(Load(text, page, pk, done, total))
    return found


def unread_rules() -> list[Problem]:
    """Rules of the Do Not Call list whose files cannot be read."""
    rules = ImportRule.objects.exclude(problem="").values_list("pk", "name", "problem")
    page = "admin:dnc_importrule_change"
    return [Problem(f"Do Not Call rule {name}: {problem}", page, pk) for pk, name, problem in rules]


def no_worker(at: datetime) -> Iterator[Problem]:
    beat = Heartbeat.objects.first()
    if not is_recent(beat.beaten_at if beat else None, at):
        yield Problem(
            "Background work stands still: no worker is heard of. Imports, recalls and resets wait."
        )
    if beat and beat.clock_set_at and abs(at - beat.clock_set_at) <= RECENT:
        when = f"{to_wall(beat.clock_set_at):%Y-%m-%d %H:%M} {settings.SERVER_TIME_ZONE}"
        yield Problem(
            f"The server's clock was set {describe_jump(beat.clock_set_by)}, to {when}."
            " Check that it is right now: calling hours go by it."
        )


def clock_behind(at: datetime) -> Iterator[Problem]:
    newest = NewestTime.objects.values_list("at", flat=True).first()
    if newest and at < newest - BEHIND:
        behind = timedelta(seconds=round((newest - at).total_seconds()))
        yield Problem(
            f"Nobody is called: the server's clock is {behind} behind the newest time stored,"
            f" {to_wall(newest):%Y-%m-%d %H:%M} {settings.SERVER_TIME_ZONE}. Set the clock; where it is"
            " right now and was ahead before, run manage.py accept_clock."
        )


def not_made(at: datetime) -> Iterator[Problem]:
    """Callbacks that agents promised within a day and nobody will make; as `why_not_made` says of one."""
    late = Q(callback_at__lt=F("at") - settings.CALLBACK_TIME_LIMIT)
    personal = Q(status=CallStatus.PERSONAL_CALLBACK_REQUESTED)
    given_up = Q(campaign__reschedule_callback_mode=RescheduleCallbackMode.ABANDON)
    regular = Q(status=CallStatus.CALLBACK_REQUESTED)
    asked = CallHistory.objects.filter(at__gte=at - RECENT, callback_at__isnull=False)
    of_contact = Q(contact_id__isnull=False) & (~(regular | personal) | (late & (regular | given_up)))
    found = asked.filter(Q(callback_listed=True) | of_contact)
    if number := found.count():
        text = "1 callback that was promised" if number == 1 else f"{number:,} callbacks that were promised"
        text += (
            " since yesterday will not be made: no attempt was left, the time had passed, or the number"
            " was on the Do Not Call list."
        )
        latest = found.order_by("-at").values_list("contact_id", "personal_callback_id")
        contact, personal_callback = latest[0]
        if contact:
            yield Problem(f"{text} The latest is this contact's.", "admin:dialing_contact", contact)
        else:
            page = "admin:callbacks_personalcallback_change"
            yield Problem(f"{text} The latest is this personal callback.", page, personal_callback)


def old_list(at: datetime) -> Iterator[Problem]:
    """When files are to feed the Do Not Call list and none did for long."""
    young = FileImport.objects.filter(in_force=True, in_force_at__gte=at - OLD_LIST)
    if ImportRule.objects.exists() and not young.exists():
        text = "The Do Not Call list is old: no file was loaded for 31 days."
        yield Problem(text, "admin:dnc_fileimport_changelist")


def callbacks_due(at: datetime) -> dict[str, int]:
    """Personal callbacks still to be made: overdue, in the next hour, and until the server's midnight."""
    midnight, hour = begin_of(to_wall(at).date() + timedelta(days=1)), at + timedelta(hours=1)
    open_callbacks: Any = PersonalCallback.objects.open()
    coming = Q(callback_date_time__gte=at)
    counts: dict[str, int] = open_callbacks.filter(callback_date_time__lt=max(midnight, hour)).aggregate(
        overdue=Count("pk", filter=Q(callback_date_time__lt=at - settings.CALLBACK_TIME_LIMIT)),
        hour=Count("pk", filter=coming & Q(callback_date_time__lt=hour)),
        today=Count("pk", filter=coming & Q(callback_date_time__lt=midnight)),
    )
    return counts
