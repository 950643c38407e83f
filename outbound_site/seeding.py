"""What a new server starts with.

A table is filled only while it is empty, so that nothing that a person changed or removed comes back.
"""

from django.core.management.color import no_style
from django.db import connection, models, transaction

from callbacks.models import Agent
from campaigns.models import BlendedAgentOptions, SkillGroup
from dialing.models import CampaignManagerOptions
from outbound_site.roles import load_roles
from timezones.loading import load_region_prefixes, load_time_zones
from timezones.models import RegionPrefix, TimeZone

# Ids and a name that the examples of the API text refer to.
SKILL_GROUPS = [(5001, "sgcampaign"), *((5000 + number, f"SkillGroup{number:02}") for number in range(2, 21))]
# Id and agentId. The example of the bulk callbacks names the agent with the id 1004.
AGENTS = [*((5049 + number, str(1000 + number)) for number in range(1, 10)), (1004, "1010")]


@transaction.atomic
def seed() -> None:
    """Fill the tables that are empty; running it again changes nothing."""
    if not TimeZone.objects.exists():
        load_time_zones()
    if not RegionPrefix.objects.exists():
        load_region_prefixes()
    load_roles()
    BlendedAgentOptions.load()
    CampaignManagerOptions.load()
    seed_examples([SkillGroup(pk=pk, name=name) for pk, name in SKILL_GROUPS])
    seed_examples(
        [
            Agent(
                pk=pk, agent_id=agent_id, first_name="Agent", last_name=agent_id, user_name=f"agent{agent_id}"
            )
            for pk, agent_id in AGENTS
        ]
    )


def seed_examples(rows: list[SkillGroup] | list[Agent]) -> None:
    """Store the rows with their ids when there are no others, not even deleted ones."""
    model: type[models.Model] = type(rows[0])
    if not model._default_manager.exists():
        model._default_manager.bulk_create(rows)
        go_on_after_given_ids(model)


def go_on_after_given_ids(model: type[models.Model]) -> None:
    """Let automatic ids follow the highest given one: PostgreSQL does not count along, SQLite does."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
