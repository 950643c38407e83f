"""What may be done to import rules: the one function for each operation, for API and admin alike."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from dnc.file_paths import PathRefused, server_path
from dnc.models import ImportRule
from outbound_site.core.versions import claim_version


def create_rule(values: Mapping[str, Any]) -> ImportRule:
    """Store a new rule. Raises ValidationError."""
    rule = ImportRule(**values)
    _save_checked(rule)
    return rule


def update_rule(pk: int, change_stamp: int, values: Mapping[str, Any]) -> ImportRule:
    """Change what is given of the rule in that version. Raises ValidationError, also when it is stale."""
    with transaction.atomic():
        claim_version(ImportRule.objects.filter(pk=pk), change_stamp)
        rule = ImportRule.objects.get(pk=pk)
        for name, value in values.items():
            setattr(rule, name, value)
        _save_checked(rule)
    return rule


def delete_rule(rule: ImportRule) -> None:
    """Remove the rule; its file and the numbers it has listed stay (API text, "Do Not Call API")."""
    rule.delete()


def path_problem(written: str) -> str:
    """Why nothing is read at this path, "" when its file would be."""
    try:
        server_path(written)
    except PathRefused as refused:
        return str(refused)
    return ""


def _save_checked(rule: ImportRule) -> None:
    rule.full_clean()
    rule.problem = path_problem(rule.file_path)
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError:
        # Another request took the name after the check above.
        rule.clean()
        raise
