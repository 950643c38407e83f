"""What may be done to agents."""

from callbacks.models import Agent


def delete_agent(agent: Agent) -> None:
    """Mark the agent deleted; the agent ID stays taken until the agent is purged."""
    agent.change_stamp += 1
    agent.mark_deleted()
