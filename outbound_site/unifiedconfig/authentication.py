"""HTTP Basic sign-in that does not compute the password hash on every request."""

import hashlib
import hmac
import os
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.core.cache import cache
from django.http import HttpRequest, QueryDict
from rest_framework.authentication import BasicAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.request import Request

PROCESS_KEY = os.urandom(32)
# Django's own limit. No user has a longer name, and the table of failed sign-ins has no room for one.
MAX_NAME = 150


class RememberedBasicAuthentication(BasicAuthentication):
    """Remembers verified credentials for CREDENTIAL_CACHE_SECONDS, in this process, as a keyed digest.

    The user's row is read on every request and its password hash is part of the digest: a user who was
    changed, disabled or removed is refused at once, in every process.
    """

    www_authenticate_realm = "Outbound"

    def authenticate_credentials(
        self, userid: str, password: str, request: Request | None = None
    ) -> tuple[Any, None]:
        if request is None or "\x00" in request.path_info:
            # No URL here holds a NUL, and PostgreSQL can neither compare with one nor record a failure there.
            raise NotFound
        if "\x00" in userid or len(userid) > MAX_NAME:
            raise AuthenticationFailed("Invalid user name or password")
        user = get_user_model()._default_manager.filter(username=userid).first()
        if user is not None and user.is_active and cache.get(digest(user, password)):
            return user, None
        return self.verify(userid, password, request._request), None

    def verify(self, userid: str, password: str, request: HttpRequest) -> Any:
        """The slow path. Raises AuthenticationFailed, also while the account is paused for this address."""
        # The record of a failure includes the query and the form that were sent. A query that cannot be read
        # is refused before the password is looked at; a body is no form here, whatever its type says.
        request.GET  # noqa: B018
        request.POST = QueryDict()
        user = authenticate(request, username=userid, password=password)
        if getattr(request, "axes_locked_out", False):
            # The answer is ours, not the page of the lock-out middleware.
            request.axes_locked_out = False  # type: ignore[attr-defined]
            raise AuthenticationFailed("Too many failed sign-ins; try again later")
        if user is None:
            raise AuthenticationFailed("Invalid user name or password")
        # Forgets the failures before this success; Django's signal for it would write to the user's row.
        AxesProxyHandler.user_logged_in(type(self), request, user)
        cache.set(digest(user, password), True, settings.CREDENTIAL_CACHE_SECONDS)
        return user


def digest(user: Any, password: str) -> str:
    secret = "\0".join([str(user.pk), user.password, password])
    return "credentials:" + hmac.new(PROCESS_KEY, secret.encode(), hashlib.sha256).hexdigest()
