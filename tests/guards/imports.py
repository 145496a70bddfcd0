"""Which module imports which, read from the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config import env

ROOMS = (
    "audit",
    "printing",
    "jobs",
    "accounts",
    "records.access",
    "records.patients",
    "records.encounters",
    "records.documents",
    "records.interchange",
    "records.charts",
    "records.retention",
    "requests_release",
)


@dataclass(frozen=True)
class Import:
    """One imported module or name, and where."""

    file: str
    line: int
    module: str
    is_inline: bool
    is_relative: bool


def sources(*folders: str) -> list[Path]:
    """Return every Python file of the rooms named, or of all."""
    wanted = folders or (*{room.partition(".")[0] for room in ROOMS}, "config")
    return sorted(path for folder in wanted for path in (env.ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """Return the path as it stands in the house."""
    return path.relative_to(env.ROOT).as_posix()


def room_of(module: str) -> str:
    """Return the room that a module or file belongs to, or an empty text."""
    dotted = module.replace("/", ".") + "."
    return next((room for room in ROOMS if dotted.startswith(f"{room}.")), "")


def imports_of(path: Path) -> Iterator[Import]:
    """Return what a file imports; of `from a import b` both `a.b`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        inline = id(node) not in top and not _is_typing(tree, node)
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                yield Import(name_of(path), node.lineno, module, inline, bool(node.level))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(name_of(path), node.lineno, alias.name, inline, False)


def _is_typing(tree: ast.Module, wanted: ast.AST) -> bool:
    """Whether an import stands under `if TYPE_CHECKING`."""
    return any(
        wanted in node.body
        for node in tree.body
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
    )
