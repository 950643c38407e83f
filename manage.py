#!/usr/bin/env python3
"""Django's command line for this project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "outbound_site.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here: run `make install`, then .venv/bin/python manage.py ...")
    from django.db import DatabaseError

    from outbound_site.environment import WrongSetting

    try:
        execute_from_command_line(sys.argv)
    except WrongSetting as wrong:
        sys.exit(str(wrong))
    except DatabaseError as error:
        from outbound_site.storage import advice

        if known := advice(error):
            sys.exit(known)
        raise


if __name__ == "__main__":
    main()
