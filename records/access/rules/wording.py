"""Names in a sentence."""

from __future__ import annotations

from collections.abc import Sequence


def one_of(names: Sequence[str], most: int) -> str:
    """Return `A, B or C`, and how many more where there are above `most`; empty for none."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return " or ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
