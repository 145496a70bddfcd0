"""A worker that kills its process, hard, before or after a given function has run.

The project's own code knows nothing of this: the function is wrapped from outside.
"""

from __future__ import annotations

import importlib
import os
import signal
from typing import Any


def work(job_id: int, target: str, when: str) -> None:
    """Work on the job until `MODULE.FUNCTION` or `MODULE.STEP` is reached, in a forked process."""
    module_name, _, name = target.rpartition(".")
    module: Any = importlib.import_module(module_name)
    if name.isupper():
        module._STEPS[name] = deadly(module._STEPS[name], when)
    else:
        setattr(module, name, deadly(getattr(module, name), when))
    from jobs.services import jobs

    jobs.work(job_id)


def deadly(function: Any, when: str) -> Any:
    """Return `function` with the process's death before or after it."""

    def run(*args: Any, **kwargs: Any) -> Any:
        if when == "before":
            die()
        result = function(*args, **kwargs)
        die()
        return result

    return run


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
