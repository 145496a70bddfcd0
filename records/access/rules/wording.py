"""Names in a sentence."""

from __future__ import annotations

from collections.abc import Sequence


def listed(names: Sequence[str], joint: str, *, most: int) -> str:
    """Return `A, B and C` with `and` as the joint; above `most` names, how many more; or nothing.

    The last one shown is joined by the word, whether a name or a number of more.
    """
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return f" {joint} ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
