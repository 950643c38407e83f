from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from callbacks import scheduling
from callbacks.models import Agent, PersonalCallback
from tests.conftest import wait_until
from tests.factories import AgentFactory, PersonalCallbackFactory


def in_another_connection(work):
    """Run it in a thread and close the thread's connection."""

    def run():
        try:
            return work()
        finally:
            connection.close()

    return run


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def test_callbacks_are_reassigned_but_for_those_with_a_dialer(db, django_assert_num_queries):
    old, new = AgentFactory(), AgentFactory()
    PersonalCallbackFactory.create_batch(5, agent=old)
    PersonalCallbackFactory(agent=old, active=True)
    PersonalCallbackFactory(agent=new)
    # A savepoint and its release, the agent, the lock, the update, the history.
    with django_assert_num_queries(6):
        assert scheduling.reassign(PersonalCallback.objects.all(), new) == 5

    assert list(PersonalCallback.objects.filter(agent=old).values_list("call_status", flat=True)) == ["A"]
    changed = PersonalCallback.history.filter(history_type="~")
    assert list(changed.values_list("agent", "change_stamp")) == [(new.pk, 1)] * 5


def test_many_callbacks_are_removed_but_for_those_with_a_dialer(db):
    PersonalCallbackFactory.create_batch(3)
    kept = PersonalCallbackFactory(active=True)

    assert scheduling.remove_all(PersonalCallback.objects.all()) == 3
    assert PersonalCallback.objects.get() == kept
    assert PersonalCallback.history.filter(history_type="-").count() == 3


@pytest.mark.parametrize(
    "values",
    [
        {"phone": ""},
        {"max_attempts": -1},
        {"call_status": "Z"},
        {"callback_date_time": "1969-12-31T23:59:59Z"},
    ],
)
def test_the_database_has_the_last_word(db, values):
    callback = PersonalCallbackFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalCallback.objects.filter(pk=callback.pk).update(**values)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "operation", [lambda row: scheduling.change(row, {"phone": "777"}), scheduling.remove]
)
def test_a_dialer_that_takes_the_callback_at_the_same_moment_wins(operation):
    callback = PersonalCallbackFactory()
    taken, may_commit = Event(), Event()

    def take():
        with transaction.atomic():
            PersonalCallback.objects.filter(pk=callback.pk).update(call_status="A")
            taken.set()
            may_commit.wait(10)

    with ThreadPoolExecutor(2) as pool:
        dialer = pool.submit(in_another_connection(take))
        taken.wait(10)
        writer = pool.submit(in_another_connection(lambda: operation(callback)))
        assert wait_until(somebody_waits_for_a_lock, 10)
        may_commit.set()
        dialer.result()
        with pytest.raises(ValidationError, match="The callback is active"):
            writer.result()

    assert PersonalCallback.objects.get().phone == callback.phone


def test_an_agent_deleted_at_the_same_moment_gets_no_callback(db):
    agent = AgentFactory()
    values = {"agent": agent, "phone": "777", "max_attempts": 1, "callback_date_time": in_an_hour()}
    # The agent passed in was read before.
    Agent.objects.filter(pk=agent.pk).update(deleted_at=timezone.now())
    with pytest.raises(ValidationError, match="This agent was deleted"):
        scheduling.schedule(values)

    assert not PersonalCallback.objects.exists()


def in_an_hour():
    return timezone.now() + timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
def test_of_two_writers_with_one_stamp_one_wins():
    callback = PersonalCallbackFactory()

    def write(phone):
        try:
            scheduling.change(callback, {"phone": phone}, change_stamp=0)
        except ValidationError:
            return None
        return phone

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(in_another_connection(lambda phone=phone: write(phone))) for phone in ("1", "2")]
        won = [job.result() for job in jobs if job.result()]

    assert len(won) == 1
    stored = PersonalCallback.objects.get()
    assert ([stored.phone], stored.change_stamp) == (won, 1)
