"""The application as it runs, with a counter of statements that answers on request."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE as ITS_MIDDLEWARE

ROOT_URLCONF = "bench.urls"
MIDDLEWARE = ["bench.counting.CountingMiddleware", *ITS_MIDDLEWARE]
