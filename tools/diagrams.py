"""Draw the state tables as Mermaid diagrams; `--check` only compares.

python -m tools.diagrams [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.db.models import TextChoices

from records.access.rules import transitions as access_requests
from records.documents.rules import transitions as documents
from records.encounters.rules import transitions as encounters
from records.retention.rules import transitions as batches
from requests_release.rules import transitions as requests

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "diagrams"


class Move(Protocol):
    """What a diagram shows of a step."""

    @property
    def label(self) -> str: ...
    @property
    def permission(self) -> str: ...


@dataclass(frozen=True)
class Machine:
    """One state table and what its page says above the diagram."""

    name: str
    title: str
    source: str
    starts: Mapping[Any, Move]
    moves: Mapping[Any, Mapping[Any, Move]]
    owner_of: Callable[[str], TextChoices] | None = None


MACHINES = (
    Machine(
        "encounter",
        "Encounters",
        "records/encounters/rules/transitions.py",
        encounters.STARTS,
        encounters.MOVES,
    ),
    Machine(
        "document",
        "Documents",
        "records/documents/rules/transitions.py",
        documents.STARTS,
        documents.MOVES,
    ),
    Machine(
        "release-request",
        "Release requests",
        "requests_release/rules/transitions.py",
        requests.STARTS,
        requests.MOVES,
        requests.owner_of,
    ),
    Machine(
        "destruction-batch",
        "Destruction batches",
        "records/retention/rules/transitions.py",
        batches.STARTS,
        batches.MOVES,
    ),
    Machine(
        "access-request",
        "Access requests",
        "records/access/rules/transitions.py",
        access_requests.STARTS,
        access_requests.MOVES,
    ),
)


def draw(machine: Machine) -> str:
    """Return the page of one state table: diagram, then steps as a table."""
    lines = [
        f"# {machine.title}: states",
        "",
        f"Drawn from `{machine.source}` by `python -m tools.diagrams`; do not edit.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        *_states(machine),
        *_arrows(machine),
        "```",
        "",
        *_table(machine),
    ]
    return "\n".join(lines) + "\n"


def _states(machine: Machine) -> list[str]:
    return [f"    {status.value} : {_shown(machine, status)}" for status in machine.moves]


def _shown(machine: Machine, status: TextChoices) -> str:
    owner = machine.owner_of(status.value) if machine.owner_of else None
    is_end = not machine.moves[status]
    return f"{status.label} ({owner.label})" if owner and not is_end else str(status.label)


def _arrows(machine: Machine) -> list[str]:
    begin = [
        f"    [*] --> {status.value} : {move.label}" for status, move in machine.starts.items()
    ]
    steps = [
        f"    {status.value} --> {target.value} : {move.label}"
        for status, row in machine.moves.items()
        for target, move in row.items()
    ]
    end = [f"    {status.value} --> [*]" for status, row in machine.moves.items() if not row]
    return [*begin, *steps, *end]


def _table(machine: Machine) -> list[str]:
    rows = [
        f"| {status.label} | {move.label} | {target.label} | {_who(move)} |"
        for status, row in machine.moves.items()
        for target, move in row.items()
    ]
    return ["| From | Step | To | Permission |", "| --- | --- | --- | --- |", *rows]


def _who(move: Move) -> str:
    return f"`{move.permission}`" if move.permission else "the machine"


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {f"{machine.name}.md": draw(machine) for machine in MACHINES}


def stale(folder: Path = FOLDER) -> list[str]:
    """Return the names of pages that are missing, differ from the tables, or have none."""
    drawn = pages()
    stored = {path.name: path.read_text("utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*drawn, *stored} if drawn.get(name) != stored.get(name))


def write(folder: Path = FOLDER) -> None:
    """Write every page."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check only say which are stale."""
    if arguments != ["--check"]:
        write()
        return 0
    found = stale()
    for name in found:
        print(f"docs/diagrams/{name} differs from its state table; run python -m tools.diagrams")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
