from typing import Any

from django import template

from supervision.admin.board_page import board_context

register = template.Library()


@register.inclusion_tag("admin/supervision/board.html", takes_context=True)
def board(context: Any) -> dict[str, Any]:
    """The board as it is at this moment."""
    return board_context(context["request"].user) | {"perms": context["perms"]}
