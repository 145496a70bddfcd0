"""Flags beside a patient's name, registered by the rooms that know of them (a hold, say)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Flag:
    """A word beside the patient's name, with tone and icon of the page's vocabulary."""

    label: str
    tone: str = "warn"
    icon: str = "flag"
    url: str = ""


_providers: dict[str, Callable[[int], list[Flag]]] = {}


def register(name: str, provider: Callable[[int], list[Flag]]) -> None:
    """Let `provider` add flags for a patient id; one query each at the most."""
    _providers[name] = provider


def list_flags(patient_id: int) -> list[Flag]:
    """Return all flags of a patient, in the order of their providers' names."""
    return [flag for _, provider in sorted(_providers.items()) for flag in provider(patient_id)]
