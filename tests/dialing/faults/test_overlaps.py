from tests.dialing.faults.conftest import overlaps


def test_two_calls_of_one_contact_at_once_would_be_seen():
    apart = [("a", 0, 1), ("a", 1, 2), ("b", 0.5, 1.5)]

    assert overlaps(apart) == []
    assert overlaps([*apart, ("a", 1.5, 3)]) == [("a", (1, 2), (1.5, 3))]
