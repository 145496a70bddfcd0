"""The unit of measure: a view of one query, and nothing around it."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.minimal"
# The one middleware that a library insists on at start; it does nothing for a stranger.
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
