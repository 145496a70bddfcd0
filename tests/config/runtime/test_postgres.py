import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from config.runtime import databases, postgres, processes
from config.runtime.errors import CannotStart
from tests.servers import TEST


@pytest.fixture(scope="module")
def server(running_servers):
    return running_servers.postgres


@pytest.fixture
def ask(server):
    """Ask the superuser's connection one question and return the first row."""

    def question(text, database=databases.DATABASE):
        with contextlib.closing(server.connect(database)) as link, link.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchone()

    return question


@pytest.fixture
def as_role(running_servers):
    """Open an autocommit connection under one of the two roles."""
    with contextlib.ExitStack() as stack:

        def connect(role):
            key = {"chartroom_owner": "OWNER_PASSWORD", "chartroom_app": "APP_PASSWORD"}[role]
            link = psycopg2.connect(
                host=str(running_servers.postgres.sockets),
                user=role,
                password=running_servers.secrets[key],
                dbname=databases.DATABASE,
            )
            link.autocommit = True
            stack.callback(link.close)
            return link.cursor()

        yield connect


@pytest.mark.parametrize(
    "question, answer",
    [
        ("SHOW data_checksums", "on"),
        ("SHOW server_encoding", "UTF8"),
        ("SHOW listen_addresses", ""),
        ("SHOW fsync", "on"),
        ("SELECT datctype FROM pg_database WHERE datname = 'chartroom'", "C.UTF-8"),
        ("SELECT lower('MÜLLER')", "müller"),
        ("SELECT current_setting('server_version_num')::int / 10000", 18),
        ("SELECT bool_and(auth_method = 'scram-sha-256') FROM pg_hba_file_rules", True),
        (
            "SELECT datdba::regrole::text FROM pg_database WHERE datname = 'chartroom'",
            "chartroom_owner",
        ),
        (
            "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'public'",
            "chartroom_owner",
        ),
    ],
)
def test_cluster_is_made_as_designed(ask, question, answer):
    assert ask(question) == (answer,)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO watched VALUES (1, 'Canary Quill')",
        "INSERT INTO watched VALUES (0, 'Canary Quill')",
        "SELECT * FROM nowhere WHERE name = 'Canary Quill'",
        "DO $$ BEGIN RAISE 'refused' USING DETAIL = 'Canary Quill'; END $$",
    ],
)
def test_what_was_typed_stays_out_of_the_log(server, statement):
    with contextlib.closing(server.connect()) as link, link.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE watched (id int PRIMARY KEY CHECK (id > 0), name text)")
        cursor.execute("INSERT INTO watched VALUES (1, 'Somebody')")
        before = server.log.read_text().count("ERROR:")
        with pytest.raises(psycopg2.Error):
            cursor.execute(statement)

    written = server.log.read_text()
    assert written.count("ERROR:") == before + 1
    assert "Canary" not in written


@pytest.mark.parametrize("role", ["chartroom_owner", "chartroom_app"])
def test_roles_have_no_powers_over_the_server(ask, role):
    powers = "rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls"

    assert ask(f"SELECT {powers} FROM pg_roles WHERE rolname = '{role}'") == (
        *(True, False, False, False, False, False),
    )


def test_no_other_role_may_connect(ask, server):
    with contextlib.closing(server.connect()) as link, link.cursor() as cursor:
        cursor.execute("CREATE ROLE stranger LOGIN")
    try:
        assert ask("SELECT has_database_privilege('stranger', 'chartroom', 'CONNECT')") == (False,)
        assert ask("SELECT has_schema_privilege('stranger', 'public', 'USAGE')") == (False,)
    finally:
        with contextlib.closing(server.connect()) as link, link.cursor() as cursor:
            cursor.execute("DROP ROLE stranger")


def test_application_role_may_only_read_and_insert_what_the_owner_makes(as_role):
    owner, app = as_role("chartroom_owner"), as_role("chartroom_app")
    owner.execute("CREATE TABLE thing (id bigserial PRIMARY KEY, word text)")
    try:
        app.execute("INSERT INTO thing (word) VALUES ('a') RETURNING id")
        assert app.fetchone() == (1,)
        for refused in (
            "UPDATE thing SET word = 'b'",
            "DELETE FROM thing",
            "TRUNCATE thing",
            "DROP TABLE thing",
            "ALTER TABLE thing ADD COLUMN other text",
            "CREATE TABLE mine (id int)",
            "SELECT setval('thing_id_seq', 1)",
            "CREATE SCHEMA mine",
        ):
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                app.execute(refused)
        app.execute("CREATE TEMPORARY TABLE scratch (id int)")
    finally:
        owner.execute("DROP TABLE thing")


def test_wrong_password_is_refused(running_servers):
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(
            host=str(running_servers.postgres.sockets),
            user="chartroom_app",
            password="guess",
            dbname="chartroom",
        )


def test_socket_and_data_are_closed_to_others(server):
    owner = TEST.account.uid if TEST.account else os.getuid()

    for folder in (server.sockets, server.data):
        assert (folder.stat().st_uid, folder.stat().st_mode & 0o777) == (owner, 0o700)
    assert len(os.fsencode(server.sockets)) < 100


def test_server_is_our_direct_child_in_its_own_session_without_our_secrets(server):
    pid = server.child.process.pid

    assert os.getsid(pid) == pid
    status = Path(f"/proc/{pid}/status").read_text()
    assert f"PPid:\t{os.getpid()}\n" in status
    with open(f"/proc/{pid}/environ", "rb") as file:
        names = {entry.partition(b"=")[0] for entry in file.read().split(b"\0") if entry}
    assert names & {b"SECRET_KEY", b"DATABASE_URL", b"SEAL_KEY"} == set()


def test_address_quotes_the_socket_folder():
    found = postgres.address("/tmp/a b", 5432, "user", "word", "name")

    assert found == "postgres://user:word@%2Ftmp%2Fa%20b:5432/name"


def test_data_survives_a_restart_and_create_leaves_it(own_servers):
    first = own_servers()
    first.start()
    with contextlib.closing(first.postgres.connect("chartroom")) as link:
        link.cursor().execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.stop()
    begun = time.monotonic()

    second = own_servers()
    second.start()
    with contextlib.closing(second.postgres.connect("chartroom")) as link:
        cursor = link.cursor()
        cursor.execute("SELECT answer FROM kept")
        assert cursor.fetchone() == (42,)
    second.stop()

    assert time.monotonic() - begun < 10
    assert not first.postgres.sockets.exists()
    assert not second.postgres.sockets.exists()


def test_interrupted_initdb_starts_over(home, own_servers):
    unfinished = home.path / "postgresql.unfinished"
    unfinished.mkdir()
    (unfinished / "half").write_text("")
    found = own_servers()

    found.start()
    found.stop()

    assert not unfinished.exists()
    assert (home.path / "postgresql" / "PG_VERSION").read_text() == "18\n"


def test_server_left_by_a_killed_owner_is_waited_for(home, own_servers):
    code = (
        "import sys,os,signal; from pathlib import Path\n"
        "from config.runtime import servers; from config.runtime.home import Home\n"
        "home = Home(Path(sys.argv[1])); own = servers.of_home(home); own.start()\n"
        "home.write_running(own.running(1, 'up')); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(home.path)], check=False)
    found = own_servers()

    found.start()
    found.stop()

    assert "database system was not properly shut down" not in found.postgres.log.read_text()


def test_server_that_ends_at_start_says_why(own_servers):
    found = own_servers()
    found.postgres.options = {"shared_buffers": "nonsense"}

    with pytest.raises(CannotStart, match=r'^PostgreSQL ended with status 1: .*"shared_buffers"'):
        found.start()
    assert not found.postgres.sockets.exists()


def test_ctype_c_is_refused(own_servers):
    found = own_servers()
    account = TEST.account.popen_options() if TEST.account else {}
    data = found.postgres.data
    data.mkdir(mode=0o700)
    if TEST.account:
        TEST.account.own(data)
    password = found.postgres._password_file()
    initdb = [found.postgres.programs / "initdb", "-D", data, "-U", "postgres", "--no-locale"]
    options = ["--encoding=UTF8", f"--pwfile={password}", "--auth=scram-sha-256", "--no-sync"]
    subprocess.run([*initdb, *options], check=True, capture_output=True, cwd=data, **account)

    with pytest.raises(CannotStart, match=r"has ctype C; it must be C.UTF-8"):
        found.start()
    assert found.postgres.child.has_ended


def test_folder_that_cannot_be_written_says_so(home, monkeypatch, own_servers):
    found = own_servers()
    found.postgres.data = home.path / "missing" / "postgresql"

    with pytest.raises(CannotStart, match=r"missing cannot be written: No such file or directory$"):
        found.start()


def test_default_port_taken_is_no_trouble(own_servers):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # somebody else has it: as good
            taken.bind(("127.0.0.1", 5432))
            taken.listen()
        found = own_servers()
        found.start()
        found.stop()


def test_killed_server_is_seen_as_ended(own_servers):
    found = own_servers()
    found.start()
    os.kill(found.postgres.child.process.pid, signal.SIGKILL)

    assert processes.wait_until(lambda: found.postgres.child.has_ended, 5)
    assert found.postgres.child.why().startswith("PostgreSQL was ended by SIGKILL: ")
    found.stop()


def test_socket_folder_with_too_long_a_name_is_refused(monkeypatch, tmp_path):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(postgres.tempfile, "mkdtemp", lambda **_: str(long))

    with pytest.raises(CannotStart, match="has too long a name"):
        postgres.socket_folder(None)
