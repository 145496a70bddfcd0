"""How the web server runs; read by `gunicorn --config python:config.gunicorn`."""

from __future__ import annotations

import gc
import os
from typing import Any

from config import env

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = env.whole("WEB_WORKERS", 2, low=1, high=64)
threads = env.whole("WEB_THREADS", 4, low=1, high=64)
# Loaded once and shared: a start costs one import, not one a worker.
preload_app = True
timeout = 60
graceful_timeout = 2 if env.switch("CHARTROOM_EMBEDDED", False) else 25
keepalive = 5
max_requests = 20000
max_requests_jitter = 2000
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True
# Requests are logged by Django, with ids and without addresses' query strings.
accesslog = None
limit_request_line = 8190


def post_fork(server: Any, worker: Any) -> None:
    """Leave what was loaded at start out of garbage collection, and collect less often.

    A page makes some 30,000 short-lived objects; with Python's default threshold they are walked
    forty times a request.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
