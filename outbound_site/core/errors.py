"""Refusals that several apps give; the code of each is its type on the wire (docs/wire-format.md 8.2)."""

from typing import Any

from django.core.exceptions import ValidationError

STALE = "invalidInput.changeStampMismatch"
MOST_REFERENCES = 100


def stale() -> ValidationError:
    return ValidationError({"change_stamp": ValidationError("The item was changed by another client", STALE)})


def duplicate_name(scope: str, deleted: bool = False) -> ValidationError:
    """`scope` is the kind of items among which a name is unique."""
    message = "This name is already in use" + (" by a deleted item" if deleted else "")
    return ValidationError(
        message, "invalidInput.duplicateName", {"detail": {"scope": scope, "deleted": deleted}}
    )


def reference_violation(kind: str, referring: list[Any]) -> ValidationError:
    """Refuses to delete an item that others use, items of that `kind`."""
    return in_use("This item is referenced by other items", "referenceViolation.api", kind, referring)


def in_use(message: str, code: str, kind: str, referring: list[Any]) -> ValidationError:
    shown = [{"refURL": item.ref_url, "name": str(item)} for item in referring[:MOST_REFERENCES]]
    detail = {
        "referenceType": kind,
        "references": {"reference": shown},
        "totalCount": len(referring),
        "totalShown": len(shown),
    }
    return ValidationError(message, code, {"detail": detail})
