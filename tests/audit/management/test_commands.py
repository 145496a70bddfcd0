import json

import pytest
from django.core.management import call_command

from audit import context, tasks
from audit.enums import Action, Outcome
from audit.models import Event
from audit.services import events

pytestmark = pytest.mark.committed


@pytest.fixture
def two_events():
    with context.acting(context.system_origin()):
        return [events.record(action=Action.PATIENTS_LISTED, patients=[1, 2]) for _ in range(2)]


@pytest.fixture
def tamper(superuser_connection):
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor.execute


@pytest.fixture
def run(capsys):
    """Run a command with --json; return its status and its answer."""

    def call(*arguments):
        status = 0
        try:
            call_command(*arguments, "--json")
        except SystemExit as left:
            status = left.code
        return status, json.loads(capsys.readouterr().out.splitlines()[-1])

    return call


def test_sealing_tells_what_was_closed(run, two_events):
    status, answer = run("seal_audit")

    changes = answer["streams"]["CHANGE"]["sealed"]
    assert answer.pop("rows_per_second") > 0
    assert (status, answer) == (
        0,
        {
            "events": 2,
            "sealed": 2,
            "seals": 3,
            "unsealed": 0,
            "broken": [],
            "closed_rows": 6 + changes,
            "closed_seals": 3,
            "was_busy": False,
            "streams": {
                "EVENT": {"sealed": 2, "unsealed": 0},
                "SUBJECT": {"sealed": 4, "unsealed": 0},
                "CHANGE": {"sealed": changes, "unsealed": 0},
            },
        },
    )


def test_sealing_against_a_broken_anchor_is_a_finding(run, two_events, tamper):
    run("seal_audit")
    tamper("DELETE FROM audit_seal WHERE stream = 'EVENT'")

    status, answer = run("seal_audit")

    assert (status, answer["sealed"], answer["unsealed"]) == (1, 0, 2)
    assert [broken["what"] for broken in answer["broken"]] == [
        "Seal EVENT 1 is not the one that was anchored"
    ]


def test_verifying_a_sound_trail_finds_nothing_and_is_recorded(run, two_events):
    run("seal_audit")

    status, answer = run("verify_audit")

    assert answer.pop("rows_per_second") > 0
    assert answer.pop("seconds") >= 0
    changes = answer["streams"].pop("CHANGE")
    assert (status, answer) == (
        0,
        {
            "events": 2,
            "sealed": 2,
            "seals": 3,
            "unsealed": 0,
            "broken": [],
            "broken_count": 0,
            "streams": {
                "EVENT": {"found": 2, "sealed": 2, "unsealed": 0},
                "SUBJECT": {"found": 4, "sealed": 4, "unsealed": 0},
            },
        },
    )
    assert changes["found"] == changes["sealed"] > 0
    event = Event.objects.latest("id")
    assert (event.action, event.outcome, event.role) == (
        Action.TRAIL_VERIFIED,
        Outcome.SUCCESS,
        "SYSTEM",
    )
    assert event.detail == {"broken": 0, "seals": 3, "since": None, "until": None}


def test_verifying_a_damaged_trail_names_the_row(run, two_events, tamper):
    run("seal_audit")
    tamper(f"UPDATE audit_event SET patient_id = 9 WHERE id = {two_events[1]}")

    status, answer = run("verify_audit")

    assert (status, answer["broken_count"], answer["broken"]) == (
        1,
        1,
        [{"stream": "EVENT", "seal": 1, "event": two_events[1], "what": "ALTERED"}],
    )
    assert Event.objects.latest("id").outcome == Outcome.FAILED


def test_verifying_tells_people_in_words(capsys, two_events, tamper):
    call_command("seal_audit")
    tamper(f"DELETE FROM audit_event WHERE id = {two_events[0]}")
    capsys.readouterr()

    with pytest.raises(SystemExit):
        call_command("verify_audit")

    lines = capsys.readouterr().out.splitlines()
    assert "broken_count: 1" in lines
    assert lines[-1] == f"EVENT seal 1, row {two_events[0]}: Sealed row is gone"


def test_verifying_a_period_reads_its_rows_alone(run, two_events, tamper):
    run("seal_audit")
    tamper("UPDATE audit_event SET patient_id = 9")

    assert run("verify_audit", "--from", "2099-01-01")[0] == 0
    # The first seal after the period's end may hold rows of the period.
    assert run("verify_audit", "--from", "2025-01-01", "--to", "2026-01-01")[0] == 1
    assert run("verify_audit", "--from", "2026-01-01", "--to", "2099-01-01")[0] == 1
    detail = Event.objects.latest("id").detail
    assert (detail["since"], detail["until"]) == (
        "2026-01-01T00:00:00-05:00",
        "2099-01-02T00:00:00-05:00",
    )


@pytest.mark.parametrize(
    "arguments, line",
    [
        (["--from", "x"], "--from must be a date as YYYY-MM-DD, not 'x'\n"),
        (["--to", "2026-02-30"], "--to must be a date as YYYY-MM-DD, not '2026-02-30'\n"),
        (["--from", "2026-02-02", "--to", "2026-02-01"], "--to must not be before --from\n"),
    ],
)
def test_verifying_with_a_bad_period_is_refused(capsys, arguments, line):
    with pytest.raises(SystemExit) as left:
        call_command("verify_audit", *arguments)

    caught = capsys.readouterr()
    assert (left.value.code, caught.err, caught.out) == (2, line, "")
    assert Event.objects.count() == 0


def test_tasks_do_what_the_clock_wakes_them_for(two_events, tamper, caplog):
    assert tasks.seal() > 0
    assert tasks.seal() == 0
    assert tasks.make_partitions() == 0
    assert tasks.verify_recent() == 0
    tamper(f"DELETE FROM audit_event WHERE id = {two_events[0]}")

    assert tasks.verify_recent() == 1

    assert [record.msg["what"] for record in caplog.records if "what" in record.msg] == ["MISSING"]
    assert context.has_origin() is False
