from typing import Any

from django import template
from django.utils.safestring import SafeString

from supervision.admin.board_page import allowed, board_html

register = template.Library()


@register.simple_tag(takes_context=True)
def board(context: Any) -> SafeString:
    """The board as it is at this moment."""
    return board_html(allowed(context["request"].user))
