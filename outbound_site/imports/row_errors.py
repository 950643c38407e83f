"""What is wrong with which row, and how a refused list is answered (docs/wire-format.md 8.3)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from outbound_site.unifiedconfig.errors import ApiError, ErrorItem

SHOWN_ERRORS = 100
SHOWN_VALUE = 100


@dataclass(frozen=True, order=True)
class RowError:
    """`rule` is an `errorType`; `message` a sentence whose subject is the column, or the line without one."""

    line: int
    column: str
    value: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}: {f'{self.column} ' if self.column else ''}{self.message}"

    def api_error(self) -> ErrorItem:
        inner = {
            "errorData": self.column or None,
            "errorMessage": str(self),
            "errorType": self.rule,
            "line": self.line,
            "value": self.value[:SHOWN_VALUE],
        }
        return content_error(str(self), inner)


class RowErrors(list[RowError]):
    """All that was found wrong with a list."""

    def add(self, line: int, column: str, value: str, rule: str, message: str) -> None:
        self.append(RowError(line, column, value, rule, message))

    def add_api_errors(self, line: int, column: str, value: str, errors: Iterable[ErrorItem]) -> None:
        """What the element or the model's validators say of a field."""
        for error in errors:
            message = error.message.removeprefix("This field ").removeprefix(f"{column} ")
            self.add(line, column, value, error.type, message)

    @property
    def lines(self) -> set[int]:
        return {error.line for error in self}

    def refuse(self) -> None:
        """Raise the ApiError of the list if anything is wrong: 100 errors in full, then a count per rule."""
        if self:
            raise ApiError(*self.api_errors())

    def api_errors(self) -> list[ErrorItem]:
        ordered = sorted(self)
        left_out = Counter(error.rule for error in ordered[SHOWN_ERRORS:])
        total = Counter(error.rule for error in ordered)
        return [error.api_error() for error in ordered[:SHOWN_ERRORS]] + [
            _count_error(rule, count, total[rule]) for rule, count in left_out.items()
        ]


def _count_error(rule: str, left_out: int, total: int) -> ErrorItem:
    message = f"{left_out} more of {total} errors of the type {rule}"
    return content_error(message, {"errorMessage": message, "errorType": rule, "count": total})


def content_error(message: str, inner: Mapping[str, object]) -> ErrorItem:
    """Clients read `errorDetail/error/errorMessage` of the first error, whatever it is."""
    return ErrorItem("invalidInput.fileContent", message, "fileContent", {"error": inner})


def content_refused(error_type: str, message: str, **detail: object) -> ApiError:
    """The content as a whole is refused, under a type of its own."""
    inner = {"errorMessage": message, "errorType": error_type}
    return ApiError(ErrorItem(error_type, message, "fileContent", {"error": inner, **detail}))
