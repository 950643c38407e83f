"""How far one has to jump to read a request: project files it runs through, and switches between them.

Eight requests are made twice; in the second run each call of a function of this project is noted. The figures
stand in docs/architecture.md.
"""

import os
import sys
import tempfile
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import django

ROOT = str(Path(__file__).resolve().parent.parent)
OWN = ("outbound_site", "timezones", "dnc", "campaigns", "callbacks", "compliance", "dialing", "supervision")
FOLDERS = tuple(f"{ROOT}/{name}/" for name in OWN)
LIST = "<import><fileContent>AccountNumber,Phone01\nA-{number},21255501{number:02}</fileContent></import>"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "outbound_site.settings", "DATA_DIR": folder}
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        django.setup()
        measure()


def measure() -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    User.objects.create_superuser("bench", password="a-long-password-1")
    credentials = b64encode(b"bench:a-long-password-1").decode()
    client = Client(headers={"authorization": f"Basic {credentials}", "host": "localhost"})
    requests = Requests(client)
    print(f"{'request':40} files  switches")
    for name, (prepare, make) in requests.all().items():
        for number in (10, 11):
            prepare(number)
            files, switches = follow(partial(make, number))
        print(f"{name:40} {files:5} {switches:9}")


class Requests:
    """Each as a function of a number, so that it can be made twice."""

    def __init__(self, client: Any) -> None:
        from campaigns.models import Campaign

        self.client, self.loaded = client, 0
        self.send("POST", "campaign", CAMPAIGN.format(name="first"))
        self.campaign = Campaign.objects.get()
        self.send("POST", f"campaign/{self.campaign.pk}/import", LIST.format(number=99))

    def all(self) -> dict[str, tuple[Callable[[int], None], Callable[[int], None]]]:
        """By name, what has to be there before and the request itself."""
        item = f"campaign/{self.campaign.pk}"
        return {
            "GET campaign/<id>": (self.nothing, lambda n: self.send("GET", item)),
            "PUT campaign/<id>": (self.nothing, lambda n: self.send("PUT", item, self.change())),
            "POST campaign/<id>/import": (
                self.nothing,
                lambda n: self.send("POST", f"{item}/import", LIST.format(number=n)),
            ),
            "GET campaign/<id>/import": (self.nothing, lambda n: self.send("GET", f"{item}/import")),
            "POST personalcallback": (
                self.nothing,
                lambda n: self.send("POST", "personalcallback", callback(n)),
            ),
            "POST dialer/v1/records": (self.load, lambda n: self.records()),
            "POST dialer/v1/records/<lease>/dialed": (self.take, lambda n: self.dial()),
            "POST dialer/v1/results": (self.take_and_dial, lambda n: self.result()),
        }

    def nothing(self, number: int) -> None:
        pass

    def load(self, number: int) -> None:
        self.loaded += 1
        self.send("POST", f"campaign/{self.campaign.pk}/import", LIST.format(number=20 + self.loaded))

    def take(self, number: int) -> None:
        self.load(number)
        self.records()

    def take_and_dial(self, number: int) -> None:
        self.take(number)
        self.dial()

    def change(self) -> str:
        self.campaign.refresh_from_db()
        return f"<campaign><changeStamp>{self.campaign.change_stamp}</changeStamp></campaign>"

    def records(self) -> None:
        self.lease = self.call("records", campaign=self.campaign.pk, count=1)["records"][0]["lease"]

    def dial(self) -> None:
        self.call(f"records/{self.lease}/dialed")

    def result(self) -> None:
        self.call("results", results=[{"lease": self.lease, "callResult": 8}])

    def call(self, path: str, **body: Any) -> Any:
        answer = self.client.post(
            f"/dialer/v1/{path}", {"dialer": "north"} | body, content_type="application/json"
        )
        assert answer.status_code == 200, answer.content
        return answer.json()

    def send(self, method: str, path: str, body: str = "") -> None:
        answer = self.client.generic(method, f"/unifiedconfig/config/{path}", body, "application/xml")
        assert answer.status_code in (200, 201), answer.content


CAMPAIGN = """<campaign><name>{name}</name><enabled>true</enabled><dialingMode>PROGRESSIVEONLY</dialingMode>
<reservationPercentage>100</reservationPercentage><startTime>00:00</startTime><endTime>00:00</endTime>
<timeZone><refURL>/unifiedconfig/config/timezone/UTC</refURL></timeZone></campaign>"""


def callback(number: int) -> str:
    from django.utils import timezone

    due = timezone.now() + timedelta(hours=1)
    return f"""<personalCallback><agent><refURL>/unifiedconfig/config/agent/5050</refURL></agent>
        <phone>21255502{number}</phone><callbackDateTime>{due:%Y-%m-%dT%H:%M:%S}</callbackDateTime>
        <maxAttempts>1</maxAttempts></personalCallback>"""


def follow(make: Callable[[], None]) -> tuple[int, int]:
    """Project files whose functions the request calls; how often the next call lies in another file."""
    visited: list[str] = []

    def note(frame: FrameType, event: str, argument: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(FOLDERS):
            visited.append(name)

    sys.setprofile(note)
    try:
        make()
    finally:
        sys.setprofile(None)
    switches = sum(before != after for before, after in pairwise(visited))
    return len(set(visited)), switches


if __name__ == "__main__":
    main()
