"""The models of this app, for Django, which looks for them here."""

from outbound_site.core.models import Heartbeat, KnownAddress, Role

__all__ = ["Heartbeat", "KnownAddress", "Role"]
