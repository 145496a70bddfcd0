"""Who last touched a patient: one line per person, and a cost that the trail's growth leaves."""

import json

import pytest
from django.db import connection

from audit import context
from audit.context import Origin
from audit.enums import Action, Basis, Outcome
from audit.selectors import looks
from audit.services import events

pytestmark = pytest.mark.django_db

ANA = Origin(7, "Ana Mills", "SUPERVISOR", "r-ana")
BO = Origin(8, "Bo Hale", "CLERK", "r-bo")
PATIENT = 5


def open_chart(origin=ANA, patient_id=PATIENT, **more):
    facts = {"action": Action.CHART_OPENED, "basis": Basis.UNIT} | more
    with context.acting(origin):
        events.record(patient_id=patient_id, **facts)


def search(origin, *patients, patient_id=None):
    with context.acting(origin):
        events.record(
            action=Action.PATIENTS_SEARCHED,
            basis=Basis.DIRECTORY,
            patient_id=patient_id,
            patients=patients,
        )


def latest(most_events=60, most_people=6):
    found = looks.list_latest_by_person(PATIENT, most_events=most_events, most_people=most_people)
    return [(look.actor_name, look.action, look.outcome) for look in found]


def test_each_person_stands_once_with_the_latest_newest_first():
    open_chart(ANA)
    open_chart(BO)
    open_chart(ANA, action=Action.DOCUMENT_VIEWED)
    open_chart(BO, patient_id=6)

    assert latest() == [
        ("Ana Mills", Action.DOCUMENT_VIEWED, Outcome.SUCCESS),
        ("Bo Hale", Action.CHART_OPENED, Outcome.SUCCESS),
    ]


def test_a_list_that_showed_the_patient_counts_and_a_refusal_too():
    open_chart(ANA, outcome=Outcome.REFUSED, basis=Basis.NONE)
    search(BO, 4, PATIENT)
    search(BO, 4)

    assert latest() == [
        ("Bo Hale", Action.PATIENTS_SEARCHED, Outcome.SUCCESS),
        ("Ana Mills", Action.CHART_OPENED, Outcome.REFUSED),
    ]


def test_a_list_of_the_patients_own_counts_once():
    search(ANA, PATIENT, patient_id=PATIENT)

    assert latest() == [("Ana Mills", Action.PATIENTS_SEARCHED, Outcome.SUCCESS)]


@pytest.mark.parametrize(
    "bounds, names",
    [((60, 1), ["Ana Mills"]), ((1, 6), ["Ana Mills"]), ((2, 6), ["Ana Mills", "Bo Hale"])],
)
def test_no_more_is_read_than_asked_for(bounds, names):
    open_chart(BO)
    open_chart(ANA)

    assert [name for name, *_ in latest(*bounds)] == names


def test_no_more_lists_are_looked_into_than_asked_for():
    for _ in range(40):
        search(BO, PATIENT)

    assert [_events_read(bound) for bound in (5, 40, 60)] == [5, 40, 40]


def _events_read(bound):
    """The events that the plan's scans met, as the database counts them.

    A table of 40 rows is cheaper read whole than by its index: the plan is that of a large one.
    """
    values = {"patient": PATIENT, "events": bound, "people": 6}
    with connection.cursor() as cursor:
        for way in ("hashjoin", "mergejoin", "seqscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {looks.LATEST}", values)
        [(answer,)] = cursor.fetchall()
    [plan] = json.loads(answer) if isinstance(answer, str) else answer
    return sum(_scanned(plan["Plan"]))


def _scanned(node):
    if "Scan" in node["Node Type"] and node.get("Relation Name", "").startswith("audit_event_"):
        yield node["Actual Rows"] * node["Actual Loops"]
    for child in node.get("Plans", []):
        yield from _scanned(child)
