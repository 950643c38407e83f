"""Comparison of text without regard to case, beyond ASCII too, the same on SQLite and PostgreSQL."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func, Lookup, TextField


def add_fold_function(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Give a new SQLite connection the function `fold`; SQLite's own `lower` knows ASCII only."""
    if connection.vendor == "sqlite":
        fold = str.lower
        connection.connection.create_function(
            "fold", 1, lambda text: text if text is None else fold(text), deterministic=True
        )


class Fold(Func):
    """Lower case of any script, ordered by code point."""

    function = "fold"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = '(lower(%(expressions)s COLLATE "und-x-icu") COLLATE "C")'
        return self.as_sql(compiler, connection, template=template, **context)


@CharField.register_lookup
@TextField.register_lookup
class FoldedContains(Lookup):
    """`name__folded_contains="müller"`: contained anywhere; `%`, `_` and `*` are literal."""

    lookup_name = "folded_contains"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, params = self.process_lhs(compiler, connection)
        return f"instr(fold({left}), fold(%s)) > 0", [*params, self.rhs]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        # LIKE and not strpos, so that a trigram index on the same expression serves it.
        left, params = self.process_lhs(compiler, connection)
        escaped = str(self.rhs).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        folded = '(lower({} COLLATE "und-x-icu") COLLATE "C")'
        return f"{folded.format(left)} LIKE {folded.format('%s::text')}", [*params, f"%{escaped}%"]
