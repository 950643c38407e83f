"""Phone numbers in people's lists: read as they are written, before the rules over the columns."""

from collections.abc import Collection
from dataclasses import replace

from outbound_site.core.phone_numbers import PLAIN, NoNumber, Unclear, cleaned, digits_of
from outbound_site.imports.row_errors import RowError, RowErrors
from outbound_site.imports.table import Table


def with_digits(table: Table, names: Collection[str]) -> Table:
    """The table with the numbers of these columns in digits, as far as they are understood."""
    changed = {}
    for name in table.columns.keys() & set(names):
        values = table.columns[name]
        if not PLAIN.fullmatch("".join(values)):
            digits = {text: cleaned(text, to_call=True) for text in set(values)}
            changed[name] = [digits[text] for text in values]
    return Table({**table.columns, **changed}, table.lines)


def explain(errors: RowErrors, names: Collection[str]) -> None:
    """Say of the numbers of these columns that were not understood why."""
    errors[:] = [explained(error) if error.column in names else error for error in errors]


def explained(error: RowError) -> RowError:
    try:
        digits_of(error.value, to_call=True)
    except NoNumber:
        return error
    except Unclear as unclear:
        return replace(error, message=f"{error.message}: {unclear}")
    return error
