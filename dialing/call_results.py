"""The call results (docs/behaviour.md 3), read from `data/call_results.csv`, a line a code.

`attempt`: a call was placed, which counts against `maxAttempts`. `counted`: it adds to `attemptedCount`;
3.2 says why the two differ and where they deviate from the original's printed table. `delay`: the
campaign's parameter after which the number is tried again; without one the phone is closed, unless the
result decides the record's status by itself. `status`: of the record when nothing else is left to dial.
"""

import csv
from pathlib import Path
from typing import NamedTuple

from campaigns.models.contact import CallStatus

ERROR = 2
NOT_ALLOCATED = 7
ANSWERED = 10
ANSWERING_MACHINE = 12
CALLBACK = 14
CALLBACK_ON_MACHINE = 15
AGENT_NOT_RESERVED = 17
REJECTED = 18
REJECTED_AND_CLOSED = 19
CUSTOMER_ABANDONED = 21
NETWORK_MACHINE = 22
NOT_ATTEMPTED = 25
DO_NOT_CALL = 26
OFFER_TIMED_OUT = 33

# Nobody was called; the record is as it was (17 is for personal callbacks, on a contact it means the same).
RETURNED = {AGENT_NOT_RESERVED, NOT_ATTEMPTED}
CALLBACKS = {CALLBACK, CALLBACK_ON_MACHINE}
MACHINES = {ANSWERING_MACHINE, NETWORK_MACHINE}


class CallResult(NamedTuple):
    code: int
    meaning: str
    counter: str
    attempt: bool
    counted: bool
    live: bool
    delay: str
    status: CallStatus


def _read(row: dict[str, str]) -> CallResult:
    flags = {name: row[name] == "yes" for name in ("attempt", "counted", "live")}
    values = {**row, **flags, "code": int(row["code"]), "status": CallStatus(row["status"])}
    return CallResult(**values)  # type: ignore[arg-type]


with (Path(__file__).parent / "data" / "call_results.csv").open(newline="") as _table:
    CALL_RESULTS = {result.code: result for result in map(_read, csv.DictReader(_table))}


def counter_of(code: int, personal: bool) -> str:
    """The `runtimestats` counter that the result adds to, or none (3.1)."""
    if code in CALLBACKS and personal:
        return "personalCallbackCount"
    return CALL_RESULTS[code].counter
