from datetime import UTC, datetime, timedelta

import pytest

from audit import context
from audit.context import Origin
from audit.enums import Action, Basis, Outcome
from audit.selectors import opened
from audit.services import events

pytestmark = pytest.mark.django_db

ANA = Origin(7, "Ana Mills", "CLERK", "r-ana")
BO = Origin(8, "Bo Hale", "SUPERVISOR", "r-bo")
EVER = datetime(2020, 1, 1, tzinfo=UTC)


def record(origin, action=Action.CHART_OPENED, **more):
    with context.acting(origin):
        return events.record(action=action, **more)


def test_each_chart_opened_is_named_once_the_last_one_first():
    for patient_id in (5, 6, 5, 4, 6):
        record(ANA, patient_id=patient_id, basis=Basis.UNIT)

    assert opened.list_opened(7, since=EVER, most=20) == [6, 4, 5]
    assert opened.list_opened(7, since=EVER, most=2) == [6, 4]


def test_refusals_lists_other_acts_and_other_people_open_nothing():
    record(ANA, patient_id=5, outcome=Outcome.REFUSED, basis=Basis.NONE)
    record(ANA, Action.PATIENTS_LISTED, patients=[6])
    record(ANA, Action.DOCUMENT_VIEWED, patient_id=7)
    record(BO, patient_id=8, basis=Basis.UNIT)

    assert opened.list_opened(7, since=EVER, most=20) == []


def test_what_was_opened_before_is_left_out():
    record(ANA, patient_id=5, basis=Basis.UNIT)

    later = datetime.now(UTC) + timedelta(minutes=1)
    assert opened.list_opened(7, since=later, most=20) == []


def test_change_of_roles_is_found_for_the_person_alone():
    assert opened.get_roles_changed_at(7, since=EVER) is None
    record(BO, Action.ROLE_GRANTED, subject_type="user", subject_id=8)
    assert opened.get_roles_changed_at(7, since=EVER) is None
    begun = datetime.now(UTC)
    record(BO, Action.ROLE_GRANTED, subject_type="user", subject_id=7)
    record(BO, Action.ROLE_REVOKED, subject_type="user", subject_id=7)

    changed_at = opened.get_roles_changed_at(7, since=EVER)
    assert begun - timedelta(seconds=5) < changed_at < begun + timedelta(minutes=1)
    assert opened.get_roles_changed_at(7, since=changed_at + timedelta(seconds=1)) is None
