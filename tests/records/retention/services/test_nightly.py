"""What happens every night, and the commands that machines call."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from audit.models import Event
from jobs.models import Job
from records.retention.models import DueCount, Evaluation
from records.retention.services import evaluations, nightly
from records.retention.tasks import evaluate
from tests.records.retention import factories as make

pytestmark = pytest.mark.django_db


def test_night_evaluates_everything_and_says_so(house):
    due, held = house.patient(), house.patient()
    make.make_hold(held)
    Evaluation.objects.all().delete()

    evaluate()

    assert set(Evaluation.objects.values_list("pk", flat=True)) == {due.pk, held.pk}
    assert list(DueCount.objects.values_list("unit_id", "year", "chart_count", "held_count")) == [
        (house.unit.pk, 2011, 2, 1)
    ]
    event = Event.objects.get(action="RETENTION_EVALUATED")
    assert (event.actor_id, event.actor_name) == (None, "system")
    assert event.detail == {"charts": 2, "changed": 2}


def test_night_writes_only_answers_that_changed(house):
    same, changed = house.patient(), house.patient()
    evaluations.evaluate()
    computed = dict(Evaluation.objects.values_list("pk", "computed_on"))
    make.make_visit(changed, started_at=make.datetime(2020, 5, 1, 12, tzinfo=make.UTC))

    done = evaluations.evaluate(as_of=date(2027, 1, 1))

    assert done.changed == 1
    assert Evaluation.objects.get(pk=same.pk).computed_on == computed[same.pk]
    found = Evaluation.objects.get(pk=changed.pk)
    assert (found.eligible_on, found.computed_on) == (date(2030, 5, 2), date(2027, 1, 1))


def test_night_forgets_charts_that_are_gone_and_years_without_charts(house):
    patient = house.patient()
    evaluations.evaluate()
    batch = house.executing(patient)
    make.run(batch)

    evaluations.evaluate()

    assert not Evaluation.objects.filter(pk=patient.pk).exists()
    assert not DueCount.objects.filter(unit=house.unit).exists()


def test_night_wakes_a_destruction_on_which_the_worker_gave_up(house):
    batch = house.executing(house.patient())
    Job.objects.filter(subject_id=batch.pk).update(state="FAILED", closed_at=make.timezone.now())

    nightly.run()

    assert make.run(batch) == "DONE"


def command(name, *arguments, expect=0):
    out, err = StringIO(), StringIO()
    try:
        call_command(name, *arguments, "--json", stdout=out, stderr=err)
        code = 0
    except SystemExit as error:
        code = error.code
    assert code == expect, err.getvalue()
    return json.loads(out.getvalue().splitlines()[-1]) if not code else err.getvalue()


def test_command_evaluates(house):
    due, held = house.patient(), house.patient()
    make.make_hold(held)

    result = command("evaluate_retention", "--as-of", "2026-11-23")

    assert {key: result[key] for key in ("charts", "eligible", "held")} == {
        "charts": 2,
        "eligible": 1,
        "held": 1,
    }
    assert result["seconds"] >= 0
    assert due.pk


@pytest.mark.parametrize(
    "arguments, eligible_on, governing",
    [
        (
            ["--state", "NJ", "--born", "2010-05-20", "--last-encounter", "2020-03-01"],
            "2033-05-21",
            "2033-05-20",
        ),
        (
            ["--state", "nc", "--born", "2010-05-20", "--last-encounter", "2020-03-01"],
            "2040-05-21",
            "2040-05-20",
        ),
        (
            ["--state", "MD", "--born", "2010-05-20", "--last-encounter", "2020-03-01"],
            "2035-05-21",
            "2035-05-20",
        ),
        (
            [
                "--state",
                "TX",
                "--class",
                "physician",
                "--born",
                "1980-02-29",
                "--last-encounter",
                "2016-02-29",
            ],
            "2026-03-02",
            "2026-03-01",
        ),
    ],
)
def test_command_explains_the_worked_examples(arguments, eligible_on, governing):
    result = command("explain_retention", *arguments, "--as-of", "2026-11-22")

    assert result["eligible_on"] == eligible_on
    assert result["governing"]["date"] == governing
    assert set(result["governing"]) >= {"rule", "cite", "date"}
    assert len(result["considered"]) > 1


def test_command_explains_a_payer_and_what_blocks():
    result = command(
        "explain_retention", "--state", "TX", "--born", "1980-01-02",
        "--last-encounter", "2010-01-01", "--payer", "MEDICARE_ADVANTAGE",
        "--as-of", "2026-11-22",
    )  # fmt: skip

    assert result["eligible_on"] is None
    assert result["blocked_because"] == ["TRIGGER_UNKNOWN"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--state", "Texas", "--born", "1980-01-01"], "--state must be two letters"),
        (["--state", "TX", "--born", "01/02/1980"], "--born must be a date"),
        (["--state", "TX", "--class", "SPA"], "--class must be one of HOSPITAL"),
        (["--state", "TX", "--payer", "ME"], "--payer must be one of"),
        (["--state", "TX", "--series", "ME"], "--series must be one of"),
        ([], "--state"),
    ],
)
def test_command_refuses_bad_input_in_one_line(arguments, message, capsys):
    told = command("explain_retention", *arguments, expect=2) or capsys.readouterr().err

    assert message in told
    assert len(told.strip().splitlines()) == 1


def test_commands_tell_people_too(house, capsys):
    call_command(
        "explain_retention", "--state", "ZZ", "--born", "1980-01-02", "--last-encounter",
        "2010-01-01",
    )  # fmt: skip
    call_command("evaluate_retention")

    told = capsys.readouterr().out
    assert "eligible on: 2020-01-02" in told
    assert house.rule.code in told
    assert "charts: 0" in told
