from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialing", "0005_recall_leases_of_numbers_in_use")]

    operations = [
        migrations.AddField(
            model_name="lease",
            name="number_in_use",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(("state__in", ["active", "dialed", "unknown"]), ("blocks_number", True)),
                        then=models.F("number"),
                    )
                ),
                output_field=models.CharField(max_length=20, null=True),
            ),
        ),
        migrations.AddConstraint(
            model_name="lease",
            constraint=models.UniqueConstraint(
                models.F("number_in_use"),
                condition=models.Q(("number_in_use__isnull", False)),
                name="one_open_lease_a_number",
            ),
        ),
    ]
