"""Loads the whole project; imported once, by the process that `tests.forking` forks from."""

import os

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()

import config.celery  # noqa: E402
import config.urls  # noqa: E402, F401
