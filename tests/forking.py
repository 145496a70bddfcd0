"""Worker processes for tests to kill, forked from one that has loaded the project already.

Each is a process of its own with connections of its own, as a real worker is; only the seconds of
loading the project are spent once, not at every kill.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from typing import Any

LIMIT_SECONDS = 120
_forking = multiprocessing.get_context("forkserver")
_forking.set_forkserver_preload(["tests.loaded"])


def run(function: Callable[..., Any], *args: Any) -> int | None:
    """Run `function`; return the exit code, negative for a signal, None if it goes on too long."""
    process = _forking.Process(target=function, args=args)
    process.start()
    process.join(LIMIT_SECONDS)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
    process.close()
    return code
