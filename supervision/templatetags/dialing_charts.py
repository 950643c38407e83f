from collections.abc import Sequence

from django import template

from supervision.charts import Bar

register = template.Library()


@register.filter
def most_of(bars: Sequence[Bar]) -> int:
    """The largest value of a chart."""
    return max((bar.value for bar in bars), default=0)
