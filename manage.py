#!/usr/bin/env python3
"""Runs the project's commands; `up` starts everything, every other one brings what it needs."""

import os
import sys

from django.core.management import execute_from_command_line

from config.env import SettingsError
from config.management.commands import up
from config.runtime.environment import prepared
from config.runtime.errors import CannotStart


def main() -> None:
    """Run the command line, inside the servers it needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        with prepared(sys.argv[1:]):
            if sys.argv[1:2] == ["up"]:
                # It needs settings, but no app and no table: it is spared loading them.
                up.Command().run_from_argv(sys.argv)
            else:
                execute_from_command_line(sys.argv)
    except (CannotStart, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
