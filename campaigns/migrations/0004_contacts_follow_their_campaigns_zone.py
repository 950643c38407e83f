"""Phones with the campaign's zone get the campaign's own set of zones, with its time zone as it is now."""

from django.db import migrations

BATCH = 1_000


def make_own_sets(apps, schema_editor):
    database = schema_editor.connection.alias
    sets = apps.get_model("timezones", "ZoneSet").objects.using(database)
    campaigns = apps.get_model("campaigns", "Campaign").objects.using(database).select_related("time_zone")
    sets.bulk_create(
        (
            sets.model(
                campaign=campaign.pk,
                # As timezones.zones.Zone is written.
                members=f"{campaign.time_zone.bias}{'d' if campaign.time_zone.dst_observed else ''}",
            )
            for campaign in campaigns
        ),
        batch_size=BATCH,
    )


# Each one statement, so that lists of millions pass in one reading. The first phone decides for the contact.
PHONES = """UPDATE campaigns_contactphone SET zone_set_id = own.id
FROM campaigns_contact AS contact JOIN timezones_zoneset AS own ON own.campaign = contact.campaign_id
WHERE contact.id = campaigns_contactphone.contact_id AND campaigns_contactphone.zone_source = 'C'"""
CONTACTS = """UPDATE campaigns_contact SET zone_set_id = own.id
FROM timezones_zoneset AS own WHERE own.campaign = campaigns_contact.campaign_id AND 'C' = (
    SELECT phone.zone_source FROM campaigns_contactphone AS phone
    WHERE phone.contact_id = campaigns_contact.id ORDER BY phone.position LIMIT 1
)"""


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0003_count_contacts_nearly_listed"),
        ("timezones", "0002_zone_sets_of_campaigns"),
    ]

    operations = [
        migrations.RunPython(make_own_sets, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(PHONES, migrations.RunSQL.noop, elidable=True),
        migrations.RunSQL(CONTACTS, migrations.RunSQL.noop, elidable=True),
    ]
