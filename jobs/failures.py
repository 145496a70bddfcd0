"""Why a worker gave up, in words for the screen; rooms add their own codes."""

from __future__ import annotations

from collections.abc import Mapping

WORDS = {
    "WORKER_LOST": "The worker stopped too often.",
    "VaultUnavailable": "The document store could not be reached.",
}


def say(code: str, own: Mapping[str, str]) -> str:
    """Return why a job failed; `own` are the codes of the room whose job it is."""
    return own.get(code) or WORDS.get(code) or f"It stopped at an error ({code})."
