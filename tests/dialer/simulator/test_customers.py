from collections import Counter

import pytest

from dialer.simulator.customers import HABITS, Answer, Customers, Habit, read_habits

EVENING = [Habit(0, 0.0, 1.0, 0.0, 10), Habit(17, 0.5, 0.2, 0.1, 100)]


def test_one_seed_meets_the_same_customers_in_any_order():
    calls = [(str(number), attempt, 18) for number in range(200) for attempt in (1, 2)]
    first, second = Customers(7, EVENING), Customers(7, EVENING)

    assert [first.react(*call) for call in calls] == [second.react(*call) for call in reversed(calls)][::-1]
    assert [Customers(8, EVENING).react(*call) for call in calls] != [first.react(*call) for call in calls]


def test_answers_come_in_the_shares_of_the_hour():
    customers = Customers(1, EVENING)
    evening = Counter(customers.react(str(number), 1, 20).answer for number in range(10_000))
    morning = Counter(customers.react(str(number), 1, 9).answer for number in range(10_000))

    assert evening[Answer.PERSON] == pytest.approx(5000 * 0.97, rel=0.05)
    assert evening[Answer.MACHINE] == pytest.approx(2000 * 0.97, rel=0.1)
    assert evening[Answer.BUSY] == pytest.approx(1000 * 0.97, rel=0.1)
    assert set(morning) == {Answer.MACHINE, Answer.FAX, Answer.INVALID}


def test_talks_are_as_long_as_the_habit_says():
    customers = Customers(1, EVENING)
    calls = [customers.react(str(number), 1, 20) for number in range(10_000)]
    talks = [call.talk_seconds for call in calls if call.answer == Answer.PERSON and call.talk_seconds > 1]

    assert sum(talks) / len(talks) == pytest.approx(105, rel=0.05)


def test_a_fax_is_a_fax_whenever_it_is_called():
    customers = Customers(1, EVENING)
    faxes = [str(n) for n in range(1000) if customers.react(str(n), 1, 20).answer == Answer.FAX]

    assert faxes
    assert all(customers.react(number, 5, 3).answer == Answer.FAX for number in faxes)


def test_the_habits_that_come_along_cover_the_day():
    customers = Customers(1, read_habits(HABITS))

    assert [customers.habit_at(hour).from_hour for hour in (0, 6, 7, 23)] == [0, 0, 7, 21]


def test_hours_before_the_first_habit_belong_to_the_last_one():
    assert Customers(1, [EVENING[1], Habit(9, 1, 0, 0, 10)]).habit_at(3).from_hour == 17


@pytest.mark.parametrize(
    "row", ["24,0.1,0.1,0.1,60", "0,0.5,0.5,0.5,60", "0,-0.1,0.1,0.1,60", "0,0.1,0.1,0.1,0", "x,0,0,0,1"]
)
def test_a_habit_that_cannot_be_is_refused(tmp_path, row):
    path = tmp_path / "habits.csv"
    path.write_text(f"from_hour,answer,machine,busy,talk_seconds\n{row}\n")

    with pytest.raises(ValueError, match=r"from_hour|invalid literal"):
        read_habits(path)
