from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dialing", "0003_newest_time_and_calls_that_ask_for_callbacks")]

    operations = [
        migrations.AddField(
            model_name="lease", name="blocks_number", field=models.BooleanField(default=True)
        ),
    ]
