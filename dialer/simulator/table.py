"""What a simulated dialer is doing, for the terminal."""

from rich.table import Table

from dialer.simulator.agents import State
from dialer.simulator.dialer import SimulatedDialer

COLUMNS = ["Campaign", "Mode", "Lines", "Ready", "Calls", "Dialed", "Live", "Abandoned"]


def table_of(dialer: SimulatedDialer) -> Table:
    agents = dialer.agents
    title = (
        f"{dialer.interface.dialer}: {len(agents.all)} agents, {agents.count(State.TALKING)} talking, "
        f"{agents.count(State.RESERVED)} reserved, {agents.count(State.WRAP_UP)} in wrap-up"
    )
    table = Table(title=title if dialer.reachable else f"{title}; server out of reach", title_justify="left")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in {"Campaign", "Mode"} else "right")
    for session in dialer.sessions.values():
        calls = sum(call.record["campaign"] == session.id for call in dialer.calls.values())
        day = session.pacer.day
        table.add_row(
            str(session.settings["name"]),
            session.mode,
            f"{session.lines:.2f}",
            *map(str, (len(session.cache), calls, session.dialed, day.live)),
            f"{day.rate:.1f} %",
        )
    return table
