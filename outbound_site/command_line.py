"""Django's command line for this project: `manage.py` in a checkout, `outbound` where it is installed."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError

from outbound_site.environment import WrongSetting
from outbound_site.storage import advice


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")
    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as wrong:
        sys.exit(str(wrong))
    except DatabaseError as error:
        if known := advice(error):
            sys.exit(known)
        raise


if __name__ == "__main__":
    main()
