"""The goals of docs/security.md and the tests that show them name each other, and nothing else.

Marks are read from the source, so that a mark counts wherever its test runs: in `make test`, in
`make test-deep`, in the browser.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import env

TESTS = env.ROOT / "tests"
DOC = env.ROOT / "docs" / "security.md"
NUMBERS = [f"G-{number:02}" for number in range(1, 65)]
ROW = re.compile(
    r"^\| (?P<number>[^|]+) \| (?P<goal>[^|]+) \| (?P<shown>[^|]+) \| (?P<state>[^|]+) \|$"
)
STATE = re.compile(r"^(held|in part: .+|not yet: .+)$")
QUOTED = re.compile(r"`([^`]+)`")
COMMANDS = ("make bench", "make test-deep", "make check", "make coverage")
NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """One goal as the table tells it."""

    number: str
    goal: str
    files: frozenset[str]
    commands: frozenset[str]
    state: str

    @property
    def is_shown(self) -> bool:
        return not self.state.startswith("not yet")


def _rows(text: str) -> list[Row]:
    """Return the rows of the table under "Goals"."""
    section = text.partition("\n## Goals\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [_row(line) for line in lines]


def _row(line: str) -> Row:
    found = ROW.match(line)
    assert found, f"not a row of four cells: {line}"
    names = set(QUOTED.findall(found["shown"]))
    commands = frozenset(name for name in names if name.startswith("make "))
    assert QUOTED.sub("", found["shown"]).strip(", ") in ("", NOTHING), line
    return Row(
        found["number"].strip(),
        found["goal"].strip(),
        frozenset(names - commands),
        commands,
        found["state"].strip(),
    )


def _marks(source: str) -> list[str]:
    """Return the goals that a module's tests are marked with, in order.

    Raises:
        ValueError: a mark that names no single goal in plain words.
    """
    tree = ast.parse(source)
    called = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return [_number(called.get(id(node)), node.lineno) for node in _goals(tree)]


def _goals(tree: ast.AST) -> Iterator[ast.Attribute]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.goal":
            yield node


def _number(call: ast.Call | None, line: int) -> str:
    match call:
        case ast.Call(args=[ast.Constant(value=str(number))], keywords=[]):
            return number
    raise ValueError(f"line {line}: a mark names one goal by its number")


def _collect(folder: Path) -> dict[str, set[str]]:
    """Return the files with a mark of each goal, as the table writes them."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        for number in _marks(path.read_text(encoding="utf-8")):
            found.setdefault(number, set()).add(path.relative_to(folder).as_posix())
    return found


def _unknown(marked: dict[str, set[str]], rows: list[Row]) -> set[str]:
    """Return the marks that are no goal of the table."""
    return set(marked) - {row.number for row in rows}


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return _rows(DOC.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def marked() -> dict[str, set[str]]:
    return _collect(TESTS)


def test_goals_are_numbered_in_order_and_complete(rows):
    assert [row.number for row in rows] == NUMBERS


def test_every_goal_says_how_far_it_is_held(rows):
    assert [row.number for row in rows if not STATE.match(row.state)] == []
    assert [row.number for row in rows if len(row.goal) < 20] == []


def test_marks_are_found_and_every_one_is_a_goal_of_the_table(rows, marked):
    assert len(marked) > 40
    assert _unknown(marked, rows) == set()


def test_table_names_only_files_with_a_test_that_is_marked_so(rows, marked):
    stale = {
        (row.number, name) for row in rows for name in row.files - marked.get(row.number, set())
    }
    unnamed = set(marked) - {row.number for row in rows if row.files}

    assert (stale, unnamed) == (set(), set())


def test_goal_that_is_held_is_shown_by_a_test_or_a_command(rows):
    bare = [row.number for row in rows if row.is_shown and not row.files and not row.commands]
    early = [row.number for row in rows if not row.is_shown and (row.files or row.commands)]

    assert (bare, early) == ([], [])


def test_commands_of_the_table_are_those_of_the_makefile(rows):
    targets = set(re.findall(r"^([a-z-]+):", (env.ROOT / "Makefile").read_text("utf-8"), re.M))
    named = {command for row in rows for command in row.commands}

    assert named <= set(COMMANDS)
    assert {command.removeprefix("make ") for command in named} <= targets


def test_collector_reads_marks_of_functions_modules_and_parameters():
    source = """
import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.goal("G-01")]

@pytest.mark.goal("G-02")
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.goal("G-03"))])
def test_one(x): ...
"""

    assert sorted(_marks(source)) == ["G-01", "G-02", "G-03"]


@pytest.mark.parametrize(
    "mark",
    ["goal", "goal()", "goal(1)", "goal(NUMBER)", 'goal("G-01", "G-02")', "goal(number='G-01')"],
)
def test_mark_that_names_no_single_goal_is_refused(mark):
    with pytest.raises(ValueError, match="line 1"):
        _marks(f"@pytest.mark.{mark}\ndef test_one(): ...\n")


def test_invented_mark_is_refused(tmp_path, rows):
    (tmp_path / "test_new.py").write_text('@pytest.mark.goal("G-65")\ndef test_one(): ...\n')

    marked = _collect(tmp_path)

    assert marked == {"G-65": {"test_new.py"}}
    assert _unknown(marked, rows) == {"G-65"}


def test_table_with_a_missing_cell_is_refused():
    with pytest.raises(AssertionError, match="four cells"):
        _rows("\n## Goals\n\n| a | b | c | d |\n|---|---|---|---|\n| G-01 | x | held |\n")
