"""When wrong passwords pause whom.

| Counted | Limit | Who is paused |
| --- | --- | --- |
| one account, one address | SIGN_IN_FAILURE_LIMIT | that account from that address |
| all accounts, one address | SIGN_IN_ADDRESS_LIMIT | that address, not where the account signed in lately |
| one account, all addresses | SIGN_IN_ACCOUNT_LIMIT | that account, not where it signed in lately |

The first is django-axes' own rule. It has one limit for all that it counts, so the others are here.
"""

from datetime import timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone

from outbound_site.core.models import KnownAddress

LATELY = timedelta(days=30)
# How exactly the time of a sign-in is stored: integrations sign in every minute.
RENEWED_AFTER = timedelta(hours=1)
ADDRESSES_OF_A_USER = 100


class SignInHandler(AxesDatabaseHandler):
    def is_locked(self, request: Any, credentials: dict[str, Any] | None = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        username, address = get_client_username(request, credentials), request.axes_ip_address
        return exceeds_wide_limit(request, username, address) and not signed_in_lately(username, address)

    def user_logged_in(self, sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
        super().user_logged_in(sender, request, user, **kwargs)
        remember_address(user, request.axes_ip_address)


def exceeds_wide_limit(request: Any, username: str | None, address: str | None) -> bool:
    of_address, of_account = Q(ip_address=address), Q(username=username)
    failures = AccessAttempt.objects.filter(
        of_address | of_account, attempt_time__gte=get_cool_off_threshold(request)
    ).aggregate(
        of_address=Sum("failures_since_start", filter=of_address, default=0),
        of_account=Sum("failures_since_start", filter=of_account, default=0),
    )
    return (
        failures["of_address"] >= settings.SIGN_IN_ADDRESS_LIMIT
        or failures["of_account"] >= settings.SIGN_IN_ACCOUNT_LIMIT
    )


def signed_in_lately(username: str | None, address: str | None) -> bool:
    since = timezone.now() - LATELY
    known = KnownAddress.objects.filter(user__username=username, address=address, signed_in_at__gte=since)
    return known.exists()


def remember_address(user: Any, address: str | None) -> None:
    """Note where a user signed in; each user has at most ADDRESSES_OF_A_USER of these."""
    now = timezone.now()
    known = KnownAddress.objects.filter(user=user)
    if address is None or known.filter(address=address, signed_in_at__gt=now - RENEWED_AFTER).exists():
        return
    KnownAddress.objects.bulk_create(
        [KnownAddress(user=user, address=address, signed_in_at=now)],
        update_conflicts=True,
        unique_fields=["user", "address"],
        update_fields=["signed_in_at"],
    )
    newest = known.order_by("-signed_in_at").values("pk")[:ADDRESSES_OF_A_USER]
    known.exclude(pk__in=list(newest.values_list("pk", flat=True)), signed_in_at__gte=now - LATELY).delete()
