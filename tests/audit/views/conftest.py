"""People, patients and events that the pages of the log show."""

import pytest

from audit import context, subjects
from audit.enums import Action, Basis, Outcome
from audit.services import events
from tests.audit.views.pages import ANA, BO, PATIENTS
from tests.exporting import just_proved


@pytest.fixture(autouse=True)
def known(monkeypatch):
    """Two patients and two people that other rooms know of."""
    calls = []

    def label(ids):
        calls.append(list(ids))
        return {number: PATIENTS[number] for number in ids if number in PATIENTS}

    def find(text):
        if text == "45-50-90":
            raise subjects.Unclear("One digit is wrong.")
        return ["5"] if text.removeprefix("GH ") in ("45-50-99", "455099", "005") else []

    monkeypatch.setattr(subjects, "_registry", {})
    subjects.register(
        "patient",
        label,
        lambda number: f"/charts/{number}/",
        find,
    )
    subjects.register(
        "user", lambda ids: {"7": "Ana Mills"}, None, lambda text: {"ana": ["7"]}.get(text, [])
    )
    subjects.register(
        "document",
        lambda ids: {"3": "Operative report, Oct 13, 2026"},
        lambda number: f"/documents/{number}/",
    )
    subjects.register(
        "request",
        lambda ids: {"4": "request R2026-000013"},
        lambda number: f"/release/{number}/",
        lambda text: ["4"] if text == "R2026-000013" else [],
        lambda number: [("delivery", "9")] if number == "4" else [],
    )
    return calls


@pytest.fixture
def some():
    """Events of two people about two patients; the last one changed nothing but was refused."""

    def record(origin, action=Action.CHART_OPENED, **more):
        with context.acting(origin):
            return events.record(action=action, **more)

    return [
        record(ANA, patient_id=5, basis=Basis.UNIT, subject_type="document", subject_id=3),
        record(ANA, Action.PATIENTS_LISTED, patients=[6, 5], detail={"page": 2}),
        record(BO, patient_id=5, outcome=Outcome.REFUSED, basis=Basis.NONE),
    ]


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


@pytest.fixture
def proved(signed_in, officer):
    """The compliance officer's browser, who has just proved who they are."""
    return just_proved(signed_in, officer)
