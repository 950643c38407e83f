"""Campaign API against the same resource built with REST framework as it comes out of the box.

List of 100 campaigns with three skill groups each, get and create, in requests per second of one worker.
`plain` verifies the password on every request, as BasicAuthentication does; `plain, credentials kept` uses
this project's sign-in, so that only the resource is compared.
"""

import itertools
import os
import tempfile

GOAL = 4.0

CREATE_OURS = """<campaign><name>{name}</name><description>spring renewals</description>
<dialingMode>PROGRESSIVEONLY</dialingMode><startDate>2031-02-03</startDate><endDate>2031-03-31</endDate>
<timeZone><refURL>/unifiedconfig/config/timezone/UTC</refURL></timeZone></campaign>"""
CREATE_PLAIN = """<root><name>{name}</name><description>spring renewals</description>
<dialing_mode>PROGRESSIVEONLY</dialing_mode><start_date>2031-02-03</start_date><end_date>2031-03-31</end_date>
<start_time>08:00</start_time><end_time>21:00</end_time><time_zone>{zone}</time_zone></root>"""


def main() -> None:
    with tempfile.TemporaryDirectory() as data_dir:
        os.environ["DATA_DIR"] = data_dir
        os.environ["ALLOWED_HOSTS"] = "127.0.0.1"
        first, zone = prepare()
        measure(first, zone)


def prepare() -> tuple[int, int]:
    """A migrated database with 100 campaigns; the id of one and of a time zone."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "outbound_site.settings"
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from benchmarks.servers import PASSWORD, USER
    from campaigns.configuration import SkillGroupChange, create_campaign
    from campaigns.models import Campaign, SkillGroup
    from timezones.loading import load_time_zones
    from timezones.models import TimeZone

    call_command("migrate", verbosity=0)
    load_time_zones()
    User.objects.filter(username=USER).delete()
    Campaign.objects.all().delete()
    SkillGroup.objects.all().delete()
    User.objects.create_superuser(USER, password=PASSWORD)
    zone = TimeZone.objects.get(name="UTC")
    groups = iter(SkillGroup.objects.bulk_create(SkillGroup(name=f"group{n}") for n in range(300)))
    for number in range(100):
        infos = [{"skill_group": group, "dialed_number": "7001"} for group in itertools.islice(groups, 3)]
        values = {"name": f"campaign{number:03}", "time_zone": zone, "dialing_mode": "PROGRESSIVEONLY"}
        campaign = create_campaign("api", values, SkillGroupChange(replace=infos))
    return campaign.pk, zone.pk


def measure(first: int, zone: int) -> None:
    from benchmarks.servers import Client, gunicorn, rates

    with (
        gunicorn("outbound_site.settings") as our_port,
        gunicorn("benchmarks.plain_settings") as plain_port,
        gunicorn("benchmarks.plain_settings", BASELINE_REMEMBERS_CREDENTIALS="1") as kept_port,
    ):
        ours, plain, kept = Client(our_port), Client(plain_port), Client(kept_port)
        names = (f"new{number}" for number in itertools.count())
        config = "/unifiedconfig/config/campaign"

        def create_plain(client: Client) -> bytes:
            return client.request("POST", "/campaign/", CREATE_PLAIN.format(name=next(names), zone=zone))

        pages = f"{config}?resultsPerPage=100", "/campaign/?limit=100"
        report(
            "campaign_list_of_100",
            GOAL,
            *rates(
                *[
                    lambda c=c, p=p: c.request("GET", p)
                    for c, p in ((ours, pages[0]), (plain, pages[1]), (kept, pages[1]))
                ]
            ),
        )
        report(
            "campaign_get",
            GOAL,
            *rates(
                lambda: ours.request("GET", f"{config}/{first}"),
                lambda: plain.request("GET", f"/campaign/{first}/"),
                lambda: kept.request("GET", f"/campaign/{first}/"),
            ),
        )
        report(
            "campaign_create",
            "-",
            *rates(
                lambda: ours.request("POST", config, CREATE_OURS.format(name=next(names))),
                lambda: create_plain(plain),
                lambda: create_plain(kept),
            ),
        )


def report(name: str, goal: float | str, ours: float, plain: float, kept: float) -> None:
    print(f"{name} {ours / plain:.1f} {goal}")
    print(f"{name}_credentials_kept {ours / kept:.1f} -")
    print(f"  {ours:.0f}/s; plain {plain:.0f}/s; plain with credentials kept {kept:.0f}/s", flush=True)


if __name__ == "__main__":
    main()
