import json
from io import StringIO

import pytest
from django.core.management import call_command

from config.runtime import keys, servers
from config.runtime.home import Home
from tests.servers import TEST


def told(*arguments):
    out = StringIO()
    call_command("env", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def embedded(tmp_path, settings):
    """A stand-alone copy that is not running, with its secrets made."""
    settings.DATA_HOME = tmp_path
    settings.HAS_OWN_SERVERS = False
    home = Home(tmp_path)
    home.prepare(None)
    keys.load_or_make(home.secrets)
    return home


def test_json_names_what_is_in_force_without_secrets():
    found = json.loads(told("--json"))

    assert (found["profile"], found["embedded"], found["running"]) == ("test", False, False)
    assert (found["database_role"], found["home"]) == ("app", TEST.settings["CHARTROOM_HOME"])
    assert (found["DATABASE_URL"], found["SECRET_KEY"]) == ("set", "set")
    assert found["OWNER_DATABASE_URL"] is None
    for secret in TEST.secrets.values():
        assert secret not in told("--json")


def test_secrets_are_shown_on_request():
    found = json.loads(told("--json", "--secrets"))

    assert found["DATABASE_URL"] == TEST.settings["DATABASE_URL"]
    assert {name: found[name] for name in keys.SETTINGS} == {
        name: TEST.settings[name] for name in keys.SETTINGS
    }


def test_text_has_a_line_for_each_value():
    lines = told().splitlines()

    assert [line.split()[0] for line in lines] == list(json.loads(told("--json")))
    assert "OWNER_DATABASE_URL       -" in lines


def test_embedded_copy_that_is_not_running_has_keys_and_no_addresses(embedded):
    found = json.loads(told("--json", "--secrets"))

    assert (found["embedded"], found["running"], found["home"]) == (True, False, str(embedded.path))
    assert found["SEAL_KEY"] == keys.load_or_make(embedded.secrets)["SEAL_KEY"]


def test_embedded_copy_that_runs_has_addresses(embedded):
    made = keys.load_or_make(embedded.secrets)
    note = servers.Running(1, "up", "/tmp/chartroom-x", 4321, "http://localhost:8765")
    with embedded.owning():
        embedded.write_running(note)
        found = json.loads(told("--json", "--secrets"))

    at = "@%2Ftmp%2Fchartroom-x:5432/chartroom"
    assert (found["running"], found["url"]) == (True, "http://localhost:8765")
    assert found["DATABASE_URL"] == f"postgres://chartroom_app:{made['APP_PASSWORD']}{at}"
    assert found["OWNER_DATABASE_URL"] == f"postgres://chartroom_owner:{made['OWNER_PASSWORD']}{at}"
    assert found["SUPERUSER_DATABASE_URL"] == f"postgres://postgres:{made['POSTGRES_PASSWORD']}{at}"
    assert found["REDIS_URL"] == f"redis://:{made['VALKEY_PASSWORD']}@127.0.0.1:4321/0"
