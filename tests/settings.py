"""The project's settings, with the test servers' addresses put in the environment first."""

import os

from tests import servers

servers.TEST.configure()
# Commands that tests start as processes of their own use the plain settings and the same servers.
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"

from config.settings import *  # noqa: E402, F403
