"""The call results (docs/behaviour.md 3), read from `data/call_results.csv`, a line a code.

`attempt`: a call was placed, which counts against `maxAttempts`. `counted`: it adds to `attemptedCount`;
3.2 says why the two differ and where they deviate from the original's printed table. `live`: a customer
answered; `abandoned`: and found no agent. `delay`: the campaign's parameter after which the number is tried
again; without one the phone is closed, unless the result decides the record's status by itself. `status`: of
the record when nothing else is left to dial; P: nobody was called; B: a callback was agreed.
`personal_callback`: what becomes of a personal callback (9.1).
"""

import csv
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from campaigns.models.contact import CallStatus

ERROR = 2
BUSY = 9
ANSWERED = 10
AGENT_NOT_RESERVED = 17
REJECTED_AND_CLOSED = 19
CUSTOMER_ABANDONED = 21
NOT_ATTEMPTED = 25
DO_NOT_CALL = 26


class CallbackEffect(StrEnum):
    """What a result makes of a personal callback; `closed without reattempt` depends on an option (9.1)."""

    RESCHEDULED = "rescheduled"
    REJECTED = "rejected"
    CLOSED = "closed"
    CLOSED_WITHOUT_REATTEMPT = "closed without reattempt"
    RETRIED = "retried"


class ResultCode(NamedTuple):
    code: int
    meaning: str
    counter: str
    attempt: bool
    counted: bool
    live: bool
    abandoned: bool
    delay: str
    status: CallStatus
    personal_callback: CallbackEffect


def _read(row: dict[str, str]) -> ResultCode:
    flags = {name: row[name] == "yes" for name in ("attempt", "counted", "live", "abandoned")}
    values = {
        **row,
        **flags,
        "code": int(row["code"]),
        "status": CallStatus(row["status"]),
        "personal_callback": CallbackEffect(row["personal_callback"]),
    }
    return ResultCode(**values)  # type: ignore[arg-type]


with (Path(__file__).parent / "data" / "call_results.csv").open(newline="") as _table:
    RESULT_CODES = {result.code: result for result in map(_read, csv.DictReader(_table))}

_ALL = RESULT_CODES.values()
# Nobody was called; the record is as it was (17 is for personal callbacks, on a contact it means the same).
RETURNED = {result.code for result in _ALL if result.status == CallStatus.PENDING}
CALLBACKS = {result.code for result in _ALL if result.status == CallStatus.CALLBACK_REQUESTED}
MACHINES = {result.code for result in _ALL if result.delay == "answering_machine_delay"}
NO_RINGBACK = {result.code for result in _ALL if result.counter == "noRingBackDetectCount"}
LIVE = {result.code for result in _ALL if result.live}
ABANDONED = {result.code for result in _ALL if result.abandoned}


def counter_of(code: int, personal: bool) -> str:
    """The `runtimestats` counter that the result adds to, or none (3.1)."""
    if code in CALLBACKS and personal:
        return "personalCallbackCount"
    return RESULT_CODES[code].counter
