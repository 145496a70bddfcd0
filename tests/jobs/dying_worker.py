"""A worker whose work writes lines into a file, and which kills its process at one of them.

Work of this kind exists only here. Each of its steps may safely run twice: a line that stands in
the file is not written again.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

STEPS = ("FIRST", "SECOND", "THIRD")
KIND = "WRITING"


def handler_into(path: Path, step: str = "", when: str = "") -> Callable[..., bool]:
    """Return the handler that writes one line a step, dying at `step` if one is named."""

    def write(job: object) -> bool:
        done = path.read_text().split() if path.exists() else []
        now = STEPS[len(done)] if len(done) < len(STEPS) else ""
        _die_if(now == step and when == "before")
        if now:
            with path.open("a") as file:
                file.write(f"{now}\n")
        _die_if(now == step and when == "after")
        job.step, job.done_count, job.total_count = now, len(done) + 1, len(STEPS)  # type: ignore[attr-defined]
        return len(done) + 1 < len(STEPS)

    return write


def _die_if(is_time: bool) -> None:
    if is_time:
        os.kill(os.getpid(), signal.SIGKILL)


def work(job_id: int, path: Path, step: str, when: str) -> None:
    """Work on the job until it dies, in a forked process."""
    from jobs import registry
    from jobs.services import jobs

    registry.register(KIND, handler_into(path, step, when))
    if step == "CLOSE":
        jobs._close = lambda *_: _die_if(True)
    jobs.work(job_id)
