"""Purpose and ground of an event whose writer names none."""

import pytest

from audit import context
from audit.context import Origin
from audit.enums import Action, Basis, Purpose
from audit.rules.grounds import basis_of, purpose_of
from audit.services import events
from tests.audit.views.pages import newest

ROLES = ["CLERK", "CLERK+PROVIDER", "ADMINISTRATOR", "SYSTEM", "RECIPIENT", "ANONYMOUS", "NONE"]


@pytest.mark.goal("G-23")
@pytest.mark.django_db
@pytest.mark.parametrize("action", Action)
def test_no_event_leaves_purpose_or_ground_empty(action):
    with context.acting(Origin(None, "Ana Mills", "CLERK", "a" * 32)):
        events.record(action=action)

    event = newest()
    assert event.purpose in Purpose.values
    assert event.basis in Basis.values


@pytest.mark.parametrize(
    ("action", "purpose"),
    [
        (Action.SIGNED_IN, "OPERATIONS"),
        (Action.ROLE_GRANTED, "OPERATIONS"),
        (Action.SETTING_CHANGED, "OPERATIONS"),
        (Action.HOME_VIEWED, "OPERATIONS"),
        (Action.PATIENT_REGISTERED, "RECORDS"),
        (Action.PATIENTS_LISTED, "RECORDS"),
        (Action.ENCOUNTER_ADMITTED, "RECORDS"),
        (Action.CHART_MOVED, "RECORDS"),
        (Action.DOCUMENT_FILED, "RECORDS"),
        (Action.IMPORTED, "RECORDS"),
        (Action.CHART_DESTROYED, "RETENTION"),
        (Action.DOCUMENT_DESTROYED, "RETENTION"),
        (Action.HOLD_PLACED, "RETENTION"),
        (Action.BATCH_APPROVED, "RETENTION"),
        (Action.REQUEST_APPROVED, "RELEASE"),
        (Action.REQUESTER_CHANGED, "RELEASE"),
        (Action.PACKAGE_DOWNLOADED, "RELEASE"),
        (Action.PACKAGE_LINK_MADE, "RELEASE"),
        (Action.DISCLOSED, "RELEASE"),
        (Action.GLASS_BROKEN, "EMERGENCY"),
        (Action.GLASS_CLOSED, "EMERGENCY"),
        (Action.GLASS_REVIEWED, "OVERSIGHT"),
        (Action.LOG_EXPORTED, "OVERSIGHT"),
        (Action.TRAIL_VERIFIED, "OVERSIGHT"),
    ],
)
def test_purpose_fits_the_deed(action, purpose):
    assert purpose_of(action) == purpose


@pytest.mark.parametrize(
    ("action", "bases"),
    [
        # By role, in the order of ROLES.
        (Action.SIGNED_IN, "SELF SELF SELF SYSTEM GRANT NONE SELF"),
        (Action.PASSWORD_CHANGED, "SELF SELF SELF SYSTEM GRANT NONE SELF"),
        (Action.BATCH_APPROVED, "ROLE ROLE ROLE SYSTEM GRANT NONE ROLE"),
        (Action.PACKAGE_DOWNLOADED, "ROLE ROLE ROLE SYSTEM GRANT NONE ROLE"),
    ],
)
def test_ground_is_that_of_who_acts(action, bases):
    assert [str(basis_of(action, role)) for role in ROLES] == bases.split()


@pytest.mark.django_db
def test_what_the_writer_names_counts():
    with context.acting(Origin(7, "Ana Mills", "CLERK", "a" * 32)):
        events.record(action=Action.CHART_OPENED, basis=Basis.CARE, purpose=Purpose.TREATMENT)

    assert (newest().basis, newest().purpose) == ("CARE", "TREATMENT")
