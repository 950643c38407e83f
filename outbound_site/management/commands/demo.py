import os
import sys

from django.conf import settings
from django.core.management.base import CommandError

from outbound_site import demo
from outbound_site.management.commands.serve import Command as Serve
from outbound_site.management.commands.serve import address

# Simulated seconds a second: a campaign of 2,500 contacts is through in about a quarter of an hour.
SPEED = 10


class Command(Serve):
    help = "Serve a demonstration: campaigns, 5,000 contacts, a Do Not Call file, two simulated dialers."

    def make_ready(self) -> str:
        self.stdout.write("Importing 5,000 contacts and a Do Not Call file ...")
        self.stdout.flush()
        try:
            administrator, dialer = demo.prepare()
        except demo.NotEmpty:
            raise CommandError(
                "This database has campaigns of its own. The demo wants another one: make demo"
            ) from None
        # The dialers inherit it; on a command line everybody could read it.
        os.environ["DIALER_PASSWORD"] = dialer
        return welcome(administrator, dialer)

    def companions(self) -> dict[str, list[str]]:
        program = [sys.executable, "-m", "outbound_site.command_line", "simulate_dialer"]
        command = [*program, "--url", address(), "--speed", str(SPEED)]
        return {
            f"dialer {name}": [
                *(*command, "--name", name, "--seed", str(seed)),
                *("--agents", str(len(agents)), "--first-agent", str(agents[0])),
            ]
            for seed, (name, agents) in enumerate(demo.AGENTS.items(), 1)
        }


def welcome(administrator: str, dialer: str) -> str:
    sign_in = f"{settings.ADMIN_USERNAME}:{administrator}"
    lines = [
        "",
        f"  Browser   {address()}/admin/",
        f"  User      {settings.ADMIN_USERNAME}",
        f"  Password  {administrator}   (new at every start)",
        f"  API       {address()}/unifiedconfig/config/",
        f"  Dialers   {address()}/dialer/v1/   as {settings.DIALER_USERNAME}, password {dialer}",
        "",
        "  Numbers move from now on; to see them here:",
        *(
            f"    curl -u {sign_in} {address()}/unifiedconfig/config/campaign/{pk}/runtimestats"
            for pk in demo.campaign_ids()
        ),
        "",
        "  Ctrl-C ends server and dialers.",
        "",
    ]
    return "\n".join(lines)
