"""What may be done to import rules: the one function for each operation, for API and admin alike."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from dnc.models import ImportRule


def create_rule(values: Mapping[str, Any]) -> ImportRule:
    """Store a new rule. Raises ValidationError."""
    rule = ImportRule(**values)
    _save_checked(rule)
    return rule


def update_rule(pk: int, change_stamp: int, values: Mapping[str, Any]) -> ImportRule:
    """Change what is given of the rule in that version. Raises ValidationError, also when it is stale."""
    with transaction.atomic():
        # The conditional update is the lock: of two clients with the same stamp one finds no row.
        current = ImportRule.objects.filter(pk=pk, change_stamp=change_stamp)
        if not current.update(change_stamp=F("change_stamp") + 1):
            message = "The item was changed by another client"
            raise ValidationError(
                {"change_stamp": ValidationError(message, "invalidInput.changeStampMismatch")}
            )
        rule = ImportRule.objects.get(pk=pk)
        for name, value in values.items():
            setattr(rule, name, value)
        _save_checked(rule)
    return rule


def delete_rule(rule: ImportRule) -> None:
    """Remove the rule; its file and the numbers it has brought stay (API text, "Do Not Call API")."""
    rule.delete()


def _save_checked(rule: ImportRule) -> None:
    rule.full_clean()
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        # Another request took the name after the check above.
        rule.validate_constraints()
        raise
