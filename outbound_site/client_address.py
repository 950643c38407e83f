"""The address of the client, where proxies stand between it and this server."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.http import HttpRequest, HttpResponse


def trust_proxies(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: REMOTE_ADDR is the client's from here on, for sign-ins, logs and gunicorn's access log."""

    def with_client_address(request: HttpRequest) -> HttpResponse:
        if settings.TRUSTED_PROXIES:
            forwarded_for = request.META.get("HTTP_X_FORWARDED_FOR", "")
            client = forwarded_address(forwarded_for, settings.TRUSTED_PROXIES)
            request.META["REMOTE_ADDR"] = client or request.META.get("REMOTE_ADDR", "")
        return get_response(request)

    return with_client_address


def forwarded_address(forwarded_for: str, proxies: int) -> str | None:
    """The address that the outermost trusted proxy was asked from; None when the header does not say.

    Each proxy adds, at the end, the address of whoever asked it. What stands further left comes from the
    client, who may write anything.
    """
    hops = forwarded_for.split(",")
    if len(hops) < proxies:
        return None
    hop = hops[-proxies].strip()
    if hop.startswith("["):  # [2001:db8::1]:443
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:  # 192.0.2.1:443
        hop = hop.partition(":")[0]
    try:
        address = ip_address(hop.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


@register(deploy=True)
def check_proxies(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    if not settings.SECURE_PROXY_SSL_HEADER or settings.TRUSTED_PROXIES:
        return []
    return [
        Warning(
            "BEHIND_TLS_PROXY is set and TRUSTED_PROXIES is 0: all clients share the proxy's address.",
            hint="Set TRUSTED_PROXIES to their number; else wrong passwords of one client pause the others.",
            id="outbound_site.W001",
        )
    ]
