import shlex
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, connections

from outbound_site.administrator import Credentials, make_administrator
from outbound_site.data_directory import close_to_others
from outbound_site.processes import PortTaken, open_listener, supervise
from outbound_site.seeding import seed
from outbound_site.storage import advice, check_broker_file


class Command(BaseCommand):
    help = "Prepare the database, then run web server, worker and schedule until Ctrl-C."

    def handle(self, *args: Any, **options: Any) -> None:
        close_to_others(settings.DATA_DIR)
        listener = self.listen()
        if problem := check_broker_file():
            raise CommandError(problem)
        self.migrate()
        call_command("collectstatic", verbosity=0, interactive=False)
        seed()
        self.stdout.write(self.make_ready())
        self.stdout.flush()
        # A pool has threads, and none may run when the children are forked.
        for connection in connections.all():
            connection.close()
            getattr(connection, "close_pool", lambda: None)()
        supervise(listener, self.companions())

    def migrate(self) -> None:
        try:
            call_command("migrate", verbosity=0, interactive=False)
        except DatabaseError as error:
            if known := advice(error):
                raise CommandError(known) from None
            if not isinstance(error, OperationalError):
                raise
            raise CommandError(
                f"The database does not answer ({error}); check DATABASE_URL. All settings: docs/settings.md"
            ) from None

    def make_ready(self) -> str:
        """What is still missing; returns what to print for the person who started the server."""
        return welcome(make_administrator(settings.ADMIN_USERNAME, settings.ADMIN_PASSWORD))

    def companions(self) -> dict[str, list[str]]:
        """Commands to keep running beside the server, by name."""
        return {}

    def listen(self) -> Any:
        try:
            return open_listener(settings.HOST, settings.PORT)
        except PortTaken:
            raise CommandError(
                f"Port {settings.PORT} of {settings.HOST} is taken by another program. "
                f"End that one, or choose another port: PORT={settings.PORT % 65535 + 1} make run"
            ) from None
        except OSError as error:
            raise CommandError(
                f"Cannot listen on HOST {settings.HOST}, PORT {settings.PORT}: {error.strerror}. "
                "HOST is an address of this machine, 0.0.0.0 all of them. All settings: docs/settings.md"
            ) from None


def address() -> str:
    """Where a browser on this machine finds the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)
    return f"http://[{host}]:{settings.PORT}" if ":" in host else f"http://{host}:{settings.PORT}"


def welcome(credentials: Credentials | None) -> str:
    """What a person needs to go on; a generated password is shown this once."""
    sign_in = settings.ADMIN_USERNAME
    lines = ["", f"  Browser   {address()}/admin/", f"  API       {address()}/unifiedconfig/config/"]
    if credentials:
        lines += [f"  User      {credentials.username}"]
    if credentials and credentials.password:
        sign_in += f":{credentials.password}"
        lines += [f"  Password  {credentials.password}   (shown only now)"]
    lines += [f"  Try       curl -u {shlex.quote(sign_in)} {address()}/unifiedconfig/config/campaign", ""]
    return "\n".join(lines)
