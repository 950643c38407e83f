"""Every row of docs/behaviour.md section 3, with its two inferred columns."""

from datetime import timedelta

import pytest

from dialing import counters, result_codes
from dialing.reported_calls import CallEnd, classify
from dialing.result_codes import RESULT_CODES, counter_of
from dialing.transitions import apply
from tests.dialing.worlds import NOON, a_campaign, a_contact

# The campaign's delays, minutes: each its own, so that none can stand for another.
DELAYS = {
    "noAnswerDelay": 11,
    "busySignalDelay": 12,
    "customerAbandonedDelay": 13,
    "dialerAbandonedDelay": 14,
    "answeringMachineDelay": 15,
    "customerNotHomeDelay": 16,
}
TABLE = """
code | counter                    | attempt | live | delay                  | phone after | record
2    | none                       | no*     | no   | none                   | closed      | C
3    | none                       | yes     | no   | none                   | closed      | C
4    | noRingBackDetectCount      | yes     | no   | noAnswerDelay          | retry       | R
5    | sitToneDetectCount         | yes     | no   | none                   | closed      | C
6    | noDialToneDetectCount      | yes     | no   | noAnswerDelay          | retry       | R
7    | sitToneDetectCount         | yes     | no   | none                   | closed      | C
8    | noAnswerDetectCount        | yes     | no   | noAnswerDelay          | retry       | R
9    | busyCount                  | yes     | no   | busySignalDelay        | retry       | R
10   | voiceCount                 | yes     | yes  | none                   | open        | C
11   | faxDetectCount             | yes     | no   | none                   | closed      | C
12   | answeringMachineCount      | yes     | no   | answeringMachineDelay  | retry       | R
13   | cancelledDetectCount       | yes     | no   | dialerAbandonedDelay   | retry       | R
14   | callBackCount              | yes     | yes  | none                   | open        | B
15   | callBackCount              | yes     | no   | none                   | open        | B
16   | abandonDetectCount         | yes     | yes  | dialerAbandonedDelay   | retry       | R
18   | agentRejectedCount         | no      | no   | noAnswerDelay          | retry       | R
19   | agentClosedCount           | no      | no   | none                   | open        | J
20   | abandonToIvrCount          | yes     | yes  | dialerAbandonedDelay   | retry       | R
21   | customerAbandonDetectCount | yes     | yes  | customerAbandonedDelay | retry       | R
22   | networkAnsMachineCount     | yes     | no   | answeringMachineDelay  | retry       | R
23   | wrongNumberCount           | yes     | yes  | none                   | closed      | C
24   | customerNotHomeCount       | yes     | yes  | customerNotHomeDelay   | retry       | R
25   | none                       | no      | no   | none                   | open        | P
26   | none                       | no      | no   | none                   | closed      | C
27   | noRingBackDetectCount      | yes     | no   | noAnswerDelay          | retry       | R
28   | noRingBackDetectCount      | yes     | no   | noAnswerDelay          | retry       | R
29   | none                       | no*     | no   | none                   | closed      | C
30   | none                       | no*     | no   | none                   | closed      | C
31   | none                       | no*     | no   | none                   | closed      | C
32   | cancelledDetectCount       | yes     | no   | none                   | closed      | C
33   | none                       | no      | no   | noAnswerDelay          | retry       | R
"""
# no*: a call was placed, so that it uses up an attempt, but `attemptedCount` leaves it out (3.2).
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()[1:]]


def returned(code, **changes):
    """A contact with one phone after its first call ended so, at noon."""
    campaign = a_campaign(max_attempts=3, **{snake(name): minutes for name, minutes in DELAYS.items()})
    contact, phones = a_contact(1)
    contact.status = "A"
    report = CallEnd(code, NOON, callback_at=NOON + timedelta(days=1), **changes)
    apply(report, contact, phones, phones[0], "P", campaign, per_number=False)
    return contact, phones[0]


def snake(name):
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


@pytest.mark.parametrize(("code", "counter", "attempt", "live", "delay", "phone", "record"), ROWS)
def test_a_row_of_the_reference(code, counter, attempt, live, delay, phone, record):
    result = RESULT_CODES[int(code)]
    contact, dialed = returned(int(code))

    assert (result.counter or "none", result.counted, result.live) == (
        counter,
        attempt == "yes",
        live == "yes",
    )
    assert result.attempt == (attempt != "no")
    assert contact.calls_made == dialed.calls_made == (0 if attempt == "no" else 1)
    assert contact.status == record
    assert phone_after(dialed) == phone
    if delay != "none":
        assert dialed.callback_at == contact.callback_at == NOON + timedelta(minutes=DELAYS[delay])


def phone_after(phone):
    return "closed" if phone.closed else "retry" if phone.callback_at else "open"


def test_the_table_knows_no_other_codes():
    assert sorted(RESULT_CODES) == sorted([*(int(row[0]) for row in ROWS), 17])


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (result_codes.RETURNED, {17, 25}),
        (result_codes.CALLBACKS, {14, 15}),
        (result_codes.MACHINES, {12, 22}),
        (result_codes.NO_RINGBACK, {4, 27, 28}),
        (result_codes.LIVE, {10, 14, 16, 20, 21, 23, 24}),
        (result_codes.ABANDONED, {16, 20}),
    ],
)
def test_the_groups_of_codes_follow_from_the_table(codes, expected):
    assert codes == expected


EFFECTS = {
    "rescheduled": {14, 15},
    "rejected": {18, 19},
    "closed": {3, 5, 7, 10, 11, 12, 23, 26},
    "closed without reattempt": {2, 4, 6, 8, 9, 16},
    "retried": {13, 17, 20, 21, 22, 24, 25, 27, 28, 29, 30, 31, 32, 33},
}


@pytest.mark.parametrize("effect", EFFECTS)
def test_what_a_result_makes_of_a_personal_callback(effect):
    codes = {code for code, result in RESULT_CODES.items() if result.personal_callback == effect}
    assert codes == EFFECTS[effect]


def test_the_counters_of_live_connections_and_of_abandoned_ones():
    assert counters.ABANDONED_COLUMNS == ["abandon_detect_count", "abandon_to_ivr_count"]
    assert counters.LIVE_COLUMNS == [
        "abandon_detect_count",
        "abandon_to_ivr_count",
        "call_back_count",
        "customer_abandon_detect_count",
        "customer_not_home_count",
        "personal_callback_count",
        "voice_count",
        "wrong_number_count",
    ]


def test_17_which_is_for_personal_callbacks_leaves_a_contact_as_it_was():
    contact, phone = returned(17)
    assert (contact.status, contact.calls_made, phone_after(phone)) == ("P", 0, "open")


@pytest.mark.parametrize("code", [14, 15])
def test_a_personal_callback_has_its_own_status_and_counter(code):
    contact, _ = returned(code, personal=True)
    assert contact.status == "S"
    assert counter_of(code, personal=True) == "personalCallbackCount"


@pytest.mark.parametrize("code", [12, 22])
@pytest.mark.parametrize("treatment", ["transferToAgent", "transferToIVRRoutePoint", "terminateToneDetect"])
def test_a_machine_that_was_handed_on_closes_the_record(code, treatment):
    contact, phones = a_contact(2)
    campaign = a_campaign(amd_treatment_mode=treatment)
    apply(CallEnd(code, NOON), contact, phones, phones[0], "P", campaign, per_number=False)
    assert contact.status == "C"


@pytest.mark.parametrize(
    ("talk_seconds", "minimum", "code"), [(0, 1, 21), (1, 1, 10), (4, 5, 21), (0, 0, 10), (None, 5, 10)]
)
def test_an_answered_call_shorter_than_the_minimum_counts_as_abandoned_by_the_customer(
    talk_seconds, minimum, code
):
    assert classify(10, talk_seconds, minimum) == code


def test_the_minimum_changes_no_other_result():
    assert classify(24, 0, 5) == 24
