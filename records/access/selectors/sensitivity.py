"""The gates of the sensitivity classes, for the rooms that release and show documents."""

from __future__ import annotations

from records.access.rules.sensitivity import GATES, Gate, Redisclosure, gate_of

__all__ = ["Gate", "Redisclosure", "gate_of", "list_gates"]


def list_gates() -> list[Gate]:
    """Return the gate of every class, in the order of the classes."""
    return list(GATES.values())
