"""Where released migrations find `start_ids_at`."""

from outbound_site.core.sequences import start_ids_at

__all__ = ["start_ids_at"]
