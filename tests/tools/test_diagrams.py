import pytest

from tools import diagrams


def test_the_stored_diagrams_equal_the_state_tables():
    assert diagrams.stale() == []


@pytest.mark.parametrize("machine", diagrams.MACHINES, ids=lambda machine: machine.name)
def test_a_diagram_shows_every_step_once(machine):
    lines = diagrams.draw(machine).splitlines()

    for status, row in machine.moves.items():
        for target, move in row.items():
            assert lines.count(f"    {status.value} --> {target.value} : {move.label}") == 1
    steps = sum(len(row) for row in machine.moves.values())
    ends = sum(not row for row in machine.moves.values())
    assert sum("-->" in line for line in lines) == steps + ends + len(machine.starts)


def test_a_diagram_names_who_acts_next():
    page = diagrams.pages()["release-request.md"]

    assert "    SUBMITTED : Submitted (Supervisor)" in page
    assert "    CLOSED : Closed\n" in page
    assert "| Being packaged | Package built | Ready to deliver | the machine |" in page


def test_write_makes_pages_that_are_not_stale(tmp_path):
    folder = tmp_path / "diagrams"

    diagrams.write(folder)

    assert diagrams.stale(folder) == []
    assert {path.name for path in folder.iterdir()} == {
        "encounter.md",
        "document.md",
        "release-request.md",
        "destruction-batch.md",
        "access-request.md",
    }


def test_missing_changed_and_left_over_pages_are_stale(tmp_path):
    diagrams.write(tmp_path)
    (tmp_path / "encounter.md").unlink()
    (tmp_path / "release-request.md").write_text("changed", "utf-8")
    (tmp_path / "old.md").write_text("left over", "utf-8")

    assert diagrams.stale(tmp_path) == ["encounter.md", "old.md", "release-request.md"]


@pytest.mark.parametrize(("found", "code"), [([], 0), (["encounter.md"], 1)])
def test_check_says_which_page_is_stale(monkeypatch, capsys, found, code):
    monkeypatch.setattr(diagrams, "stale", lambda: found)

    assert diagrams.main(["--check"]) == code
    assert capsys.readouterr().out == "".join(
        f"docs/diagrams/{name} differs from its state table; run python -m tools.diagrams\n"
        for name in found
    )


def test_without_argument_the_pages_are_written(monkeypatch):
    written = []
    monkeypatch.setattr(diagrams, "write", lambda: written.append(True))

    assert diagrams.main([]) == 0
    assert written == [True]
