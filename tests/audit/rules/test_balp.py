"""The table of patterns: whole, and right for what a hospital asks about."""

import pytest

from audit.enums import Action, Outcome, Purpose
from audit.rules import balp

PROFILES = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."


def test_every_action_has_one_pattern():
    listed = [action for actions in balp._ACTIONS.values() for action in actions]

    assert set(balp.PATTERNS) == set(Action.values)
    assert len(listed) == len(set(listed))


def test_every_outcome_and_every_purpose_has_a_code():
    assert set(balp.OUTCOMES) == set(Outcome)
    assert set(balp.REASONS) == set(Purpose)


@pytest.mark.parametrize(
    ("action", "letter", "name"),
    [
        (Action.CHART_OPENED, "R", "Read"),
        (Action.DOCUMENT_PAGE_VIEWED, "R", "Read"),
        (Action.DOCUMENT_PRINTED, "R", "Read"),
        (Action.PATIENTS_SEARCHED, "E", "Query"),
        (Action.PATIENT_REGISTERED, "C", "Create"),
        (Action.DOCUMENT_FILED, "C", "Create"),
        (Action.DOCUMENT_VOIDED, "U", "Update"),
        (Action.REQUEST_APPROVED, "U", "Update"),
        (Action.DOCUMENT_DESTROYED, "D", "Delete"),
        (Action.CHART_DESTROYED, "D", "Delete"),
        (Action.RIGHT_REVOKED, "D", "Delete"),
        (Action.DISCLOSED, "R", "PrivacyDisclosure.Source"),
        (Action.SIGNED_IN, "E", ""),
        (Action.TRAIL_VERIFIED, "E", ""),
    ],
)
def test_pattern_fits_the_deed(action, letter, name):
    pattern = balp.PATTERNS[action]

    assert (pattern.letter, pattern.profile) == (letter, name)


@pytest.mark.parametrize(
    ("action", "outcome", "has_patient", "profile"),
    [
        (Action.CHART_OPENED, Outcome.SUCCESS, True, "PatientRead"),
        (Action.USERS_LISTED, Outcome.SUCCESS, False, "Query"),
        (Action.PATIENTS_LISTED, Outcome.SUCCESS, True, "PatientQuery"),
        (Action.DISCLOSED, Outcome.SUCCESS, True, "PrivacyDisclosure.Source"),
        (Action.DISCLOSED, Outcome.SUCCESS, False, ""),
        (Action.CHART_OPENED, Outcome.REFUSED, True, ""),
        (Action.DOCUMENT_FILED, Outcome.FAILED, True, ""),
        (Action.SIGNED_IN, Outcome.SUCCESS, False, ""),
    ],
)
def test_profile_is_named_only_where_it_is_kept(action, outcome, has_patient, profile):
    found = balp.PATTERNS[action].profile_url(outcome, has_patient=has_patient)

    assert found == (f"{PROFILES}{profile}" if profile else "")
