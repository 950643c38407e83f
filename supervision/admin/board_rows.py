"""The rows of the board as HTML.

Written in Python and not as a template: the same rows take a template fifteen times as long, and this page is
asked for every two seconds. Rows that have not changed are remembered.
"""

from collections.abc import Iterable
from functools import lru_cache

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from supervision.board_campaigns import Row
from supervision.campaign_figures import AbandonRate
from supervision.campaign_state import Kind

# By their numbers: text of ASCII alone takes a quarter of the time to put together and to send.
SYMBOLS = {Kind.DIALING: "&#9654;", Kind.WAITING: "&#9675;", Kind.OFF: "&#9632;", Kind.PROBLEM: "&#9888;"}
DASH = "&ndash;"


def rows_html(rows: Iterable[Row]) -> SafeString:
    before, after = reverse("admin:dialing_campaign", args=[0]).split("0")
    return mark_safe("".join([row_html(row, before, after) for row in rows]))


@lru_cache(maxsize=2000)
def row_html(row: Row, before: str, after: str) -> str:
    """What people have typed is escaped here; everything else is numbers."""
    state, address = row.state, f"{before}{row.pk}{after}"
    agents = DASH if row.agents is None else f"{row.agents:,}"
    return (
        f'<tr id="campaign-{row.pk}"><th scope="row"><a href="{address}">{escape(row.name)}</a></th>'
        f'<td><span class="state state-{state.kind}"><span aria-hidden="true">{SYMBOLS[state.kind]}</span>'
        f" {escape(state.words)}</span></td>"
        f'<td class="number">{row.left:,}</td>'
        f'<td class="number">{agents} / {row.out:,} <small>at {row.lines_per_agent:g} an agent</small></td>'
        f'<td class="number">{row.attempts:,}</td><td class="number">{row.voice:,}</td>'
        f'<td class="number">{abandon_html(row.abandon)}</td>'
        f'<td><svg class="spark" viewBox="-1 -1 92 22" role="img" aria-label="Calls a minute">'
        f'<polyline points="{row.line}"></polyline></svg></td></tr>'
    )


def abandon_html(rate: AbandonRate) -> str:
    percent = DASH if rate.percent is None else f"{rate.percent:.1f} %"
    limit = "no limit" if rate.limit is None else f"of {rate.limit:.1f} %"
    above = ' <strong class="state-problem">&#9888; above the limit</strong>' if rate.above else ""
    return f"{percent} <small>{limit}</small>{above}"
