"""The administrator made on first start."""

from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils.crypto import get_random_string


@dataclass(frozen=True)
class Credentials:
    """`password` is None when the operator chose it: then it is not ours to print."""

    username: str
    password: str | None = field(repr=False)


def make_administrator(username: str, password: str) -> Credentials | None:
    """Make the administrator, with a generated password when none is given; None when there is any already.

    An administrator that stands is left as it is, a changed password included.
    """
    users = get_user_model()
    generated = None if password else get_random_string(20)
    with transaction.atomic():
        if users.objects.filter(Q(username=username) | Q(is_superuser=True)).exists():
            return None
        users.objects.create_superuser(username=username, password=password or generated)
    return Credentials(username, generated)
