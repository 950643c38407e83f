from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dnc", "0002_defer_slow_imports"),
    ]

    operations = [
        migrations.AddField(
            model_name="fileimport",
            name="near_misses",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Their number is on the Do Not Call list with another country code or prefix only, so that they are called. Counted within minutes of the import.",
                null=True,
                verbose_name="contacts listed in another form only",
            ),
        ),
    ]
