from django.db import migrations, models


class Migration(migrations.Migration):
    """The column keeps its name; nothing changes in the database."""

    dependencies = [("campaigns", "0004_contacts_follow_their_campaigns_zone")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameField("campaign", "list_started_at", "list_began"),
                migrations.AlterField(
                    "campaign",
                    "list_began",
                    models.DateTimeField(db_column="list_started_at", editable=False, null=True),
                ),
            ]
        )
    ]
