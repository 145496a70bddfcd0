"""Copies of documents outside the chart, registered by the rooms above that make them.

A room that keeps copies (release packages) registers how they are erased:

    copies.register("release packages", erase)

`erase(document_ids)` erases keys and bytes of every copy that holds pages of these documents. It
runs inside an attributed transaction, may be called again for the same ids, and returns how many
copies it erased; 0 means that nothing was left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

Erase = Callable[[Sequence[int]], int]

_erasers: dict[str, Erase] = {}


def register(name: str, erase: Erase) -> None:
    """Let `erase` be called for the documents of every destroyed chart."""
    _erasers[name] = erase


def erase_all(document_ids: Sequence[int]) -> dict[str, int]:
    """Erase every registered kind of copy of these documents; return how many of each."""
    return {name: erase(document_ids) for name, erase in sorted(_erasers.items())}
