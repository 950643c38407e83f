"""Where released migrations find the validators."""

from outbound_site.core.validators import *  # noqa: F403
