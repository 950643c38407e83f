#!/usr/bin/env python3
"""Django's command line for this project."""

import sys

if __name__ == "__main__":
    try:
        from outbound_site.command_line import main
    except ModuleNotFoundError:
        sys.exit("Django is not installed here: run `make install`, then .venv/bin/python manage.py ...")
    main()
