"""The unit of measure: a view of one query, and nothing around it."""

from config.settings import *  # noqa: F403
from config.settings import DATABASES as ITS_DATABASES

ROOT_URLCONF = "bench.minimal"
# The one middleware that a library insists on at start; it does nothing for a stranger.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
# One statement is one statement: a kept connection is not asked first whether it still lives.
DATABASES = {"default": ITS_DATABASES["default"] | {"CONN_HEALTH_CHECKS": False}}
