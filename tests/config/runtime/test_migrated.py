"""A start migrates unless code and database are those that were last migrated together."""

from contextlib import closing

import pytest

from config.runtime import databases, migrated

TABLE = "CREATE TABLE django_migrations (id int PRIMARY KEY)"


@pytest.fixture
def run(running_servers):
    """Run a statement in a database of its own, made anew for each test."""
    server = running_servers.postgres
    with closing(server.connect()) as superuser:
        databases.drop_database(superuser, databases.DATABASE)
        databases.make_database(superuser, databases.DATABASE)

    def execute(statement):
        with closing(server.connect(databases.DATABASE)) as inside, inside.cursor() as cursor:
            cursor.execute(statement)

    return execute


@pytest.fixture
def stamp(running_servers):
    return lambda: migrated.stamp(running_servers.postgres)


def test_nothing_stands_for_a_database_without_migrations(run, stamp):
    assert stamp() == ""


def test_the_same_code_and_database_have_the_same_stamp(run, stamp):
    run(TABLE)

    assert stamp() == stamp() != ""


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO django_migrations VALUES (2)",
        "UPDATE django_migrations SET id = 7",
        "DELETE FROM django_migrations",
        f"DROP TABLE django_migrations; {TABLE}; INSERT INTO django_migrations VALUES (1)",
    ],
)
def test_a_database_that_was_changed_by_hand_is_another(run, stamp, change):
    run(f"{TABLE}; INSERT INTO django_migrations VALUES (1)")
    before = stamp()

    run(change)

    assert stamp() not in ("", before)


def test_changed_code_is_other_code(run, stamp, monkeypatch, tmp_path):
    run(TABLE)
    room, lock = tmp_path / "audit", tmp_path / "requirements.lock"
    (room / "migrations").mkdir(parents=True)
    source, cached = room / "grants.py", room / "__pycache__" / "grants.pyc"
    source.write_text("a", encoding="utf-8")
    lock.write_text("a", encoding="utf-8")
    monkeypatch.setattr(migrated.env, "ROOT", tmp_path)
    found = [stamp()]

    for path in (source, lock, room / "migrations" / "0002_more.py"):
        path.write_text("b c", encoding="utf-8")
        found.append(stamp())
    cached.parent.mkdir()
    cached.write_text("b", encoding="utf-8")

    assert len(set(found)) == 4
    assert stamp() == found[-1]
