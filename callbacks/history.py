"""History rows of many callbacks at once: one statement, whatever their number."""

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, Value
from django.utils import timezone

from callbacks.models import PersonalCallback


def record(callbacks: QuerySet[PersonalCallback], history_type: str, reason: str = "") -> None:
    """Write down `+` created, `~` changed or `-` deleted for each of these rows, as they stand now.

    The user is the one of the request in hand, as for every other history row.
    """
    model = PersonalCallback.history.model
    user = model.get_default_history_user(PersonalCallback())
    tracked = [field.attname for field in model.tracked_fields]
    about = {
        "history_date": timezone.now(),
        "history_type": history_type,
        "history_change_reason": reason or None,
        "history_user_id": user.pk if user else None,
    }
    rows = callbacks.order_by().values_list(
        *tracked, *(Value(value, model._meta.get_field(name)) for name, value in about.items())
    )
    quote = connection.ops.quote_name
    columns = ", ".join(quote(model._meta.get_field(name).column) for name in (*tracked, *about))
    try:
        select, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # Nothing can match, as with an empty list of ids.
        return
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {select}", parameters)
