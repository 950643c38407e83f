"""A call that ended: as its dialer reports it, and as the server counts it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError

from dialing import result_codes
from dialing.result_codes import CALLBACKS, RESULT_CODES


@dataclass(frozen=True)
class ReportedCall:
    """A call's end as a dialer reports it. `agent`: the agent's number; a callback: for results 14, 15."""

    lease: uuid.UUID
    code: int
    agent: str = ""
    talk_seconds: int | None = None
    wrapup_seconds: int | None = None
    callback_at: datetime | None = None
    callback_number: str = ""

    def check(self) -> None:
        """Raises ValidationError."""
        if self.code not in RESULT_CODES:
            raise ValidationError(f"callResult: there is no call result {self.code}")
        if self.code in CALLBACKS and self.callback_at is None:
            raise ValidationError(f"callback: result {self.code} needs the callback's time")


@dataclass(frozen=True)
class CallEnd:
    """How a call ended. `callback_at` and `callback_number` belong to results 14 and 15.

    `personal`: such a result makes a personal callback instead of a regular one.
    """

    code: int
    ended_at: datetime
    callback_at: datetime | None = None
    callback_number: str = ""
    personal: bool = False


def classify(code: int, talk_seconds: int | None, minimum_call_duration: int) -> int:
    """A call shorter than `minimumCallDuration` counts as abandoned by the customer (3.1, rule 3)."""
    if code == result_codes.ANSWERED and talk_seconds is not None and talk_seconds < minimum_call_duration:
        return result_codes.CUSTOMER_ABANDONED
    return code
