"""History rows of many objects at once: one statement, whatever their number."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, Value
from django.utils import timezone


def record(rows: QuerySet[Any], history_type: str, reason: str = "", user: Any = None) -> None:
    """Write down `+` created, `~` changed or `-` deleted for each of these rows, as they stand now.

    Without a user it is the one of the request in hand, as for every other history row.
    """
    model = rows.model.history.model
    user = user or model.get_default_history_user(rows.model())
    tracked = [field.attname for field in model.tracked_fields]
    about = {
        "history_date": timezone.now(),
        "history_type": history_type,
        "history_change_reason": reason or None,
        "history_user_id": user.pk if user else None,
    }
    values = rows.order_by().values_list(
        *tracked, *(Value(given, model._meta.get_field(name)) for name, given in about.items())
    )
    quote = connection.ops.quote_name
    columns = ", ".join(quote(model._meta.get_field(name).column) for name in (*tracked, *about))
    try:
        select, parameters = values.query.sql_with_params()
    except EmptyResultSet:  # Nothing can match, as with an empty list of ids.
        return
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {select}", parameters)
