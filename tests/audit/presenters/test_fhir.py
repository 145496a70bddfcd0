"""Events as FHIR resources: valid by HL7's own model, and by the BALP profile that each names."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from fhir.resources.R4B.auditevent import AuditEvent
from hypothesis import given
from hypothesis import strategies as st

from audit import subjects
from audit.enums import Action, Basis, Outcome, Purpose
from audit.presenters import fhir
from audit.rules import balp as table
from audit.rules.details import check_detail
from audit.selectors.events import EventRow
from tests.audit import balp

HOUSE = fhir.House("https://charts.example.org", "Bangor General")
OPENED = EventRow(
    id=71,
    occurred_at=datetime(2026, 3, 4, 9, 30, 15, 250_000, tzinfo=UTC),
    actor_id=7,
    actor_name="Ana Mills",
    on_behalf_of_id=None,
    role="CLERK+PROVIDER",
    action=Action.CHART_OPENED,
    purpose=Purpose.TREATMENT,
    basis=Basis.UNIT,
    patient_id=5,
    subject_type="document",
    subject_id="3",
    outcome=Outcome.SUCCESS,
    request_id="a" * 32,
    session_digest="5e551",
    client_address="10.0.0.1",
    detail='{"page": 2, "fields": ["title", "type"], "whole": true, "from": null, "note": ""}',
    shown_count=0,
)
SYSTEM = replace(
    OPENED, actor_id=None, actor_name="system", role="SYSTEM", basis=Basis.SYSTEM,
    session_digest="", client_address=None,
)  # fmt: skip
RECIPIENT = replace(
    OPENED, actor_id=None, actor_name="Recipient, by link", role="RECIPIENT",
    action=Action.PACKAGE_DOWNLOADED, on_behalf_of_id=8, session_digest="",
)  # fmt: skip


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setattr(subjects, "_registry", {})
    subjects.register("patient", lambda ids: {"5": "MILLS, Peter 45-50-99"})
    subjects.register("user", lambda ids: {"8": "Bo Hale"})
    subjects.register("document", lambda ids: {"3": "Operative report"})


def told(event, shown=()):
    """The resources that an event becomes; each is valid FHIR, or this fails."""
    found = [
        resource
        for resource, _patient in fhir.audit_events([event], {event.id: list(shown)}, HOUSE)
    ]
    for resource in found:
        AuditEvent.model_validate(resource)
    return found


def agent(resource, *wanted):
    (found,) = balp.of_type(resource["agent"], set(wanted))
    return found


def data_of(resource):
    (found,) = balp.of_type(resource["entity"], {f"{fhir.ENTITY_TYPE}#2"})
    return found


@pytest.mark.goal("G-33")
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("action", Action)
def test_every_event_is_valid_and_keeps_the_profile_that_it_names(action, outcome):
    for base in (OPENED, SYSTEM, RECIPIENT):
        for patient_id, shown in ((5, ()), (None, ()), (None, (5,)), (5, (6, 7))):
            event = replace(base, action=action, outcome=outcome, patient_id=patient_id)
            for resource in told(event, shown):
                has_patient = patient_id is not None or bool(shown)
                profile = table.PATTERNS[action].profile_url(outcome, has_patient=has_patient)
                named = resource.get("meta", {}).get("profile", [])
                assert named == ([profile] if profile else [])
                assert not named or balp.check(resource)


def test_chart_that_was_opened_is_a_patient_read():
    (resource,) = told(OPENED)

    assert balp.check(resource) == "PatientRead"
    assert (resource["id"], resource["action"], resource["outcome"]) == ("71", "R", "0")
    assert resource["recorded"] == "2026-03-04T09:30:15.250000+00:00"
    assert [coding["code"] for coding in resource["subtype"]] == ["read", "CHART_OPENED"]
    person = agent(resource, f"{table.PARTICIPATION}#IRCP")
    assert person["who"] == {
        "identifier": {"system": "https://charts.example.org/ids/user", "value": "7"},
        "display": "Ana Mills",
    }
    assert [role["coding"][0]["code"] for role in person["role"]] == ["CLERK", "PROVIDER"]
    assert person["purposeOfUse"][0]["coding"][0]["code"] == "TREAT"
    assert person["policy"] == ["https://charts.example.org/codes/basis#UNIT"]
    browser = agent(resource, f"{table.DICOM}#110152")
    assert browser["network"] == {"address": "10.0.0.1", "type": "2"}
    assert browser["who"]["identifier"]["value"] == "5e551"
    assert agent(resource, f"{table.DICOM}#110153")["network"]["address"] == HOUSE.url
    (patient,) = balp.of_type(resource["entity"], {f"{fhir.ENTITY_TYPE}#1"})
    assert patient["what"] == {
        "reference": "Patient/5",
        "type": "Patient",
        "display": "MILLS, Peter 45-50-99",
    }
    data = data_of(resource)
    assert data["what"] == {
        "identifier": {"system": "https://charts.example.org/ids/document", "value": "3"},
        "display": "Operative report",
    }
    assert data["detail"] == [
        {"type": "page", "valueString": "2"},
        {"type": "fields", "valueString": "title, type"},
        {"type": "whole", "valueString": "true"},
    ]
    assert resource["source"]["site"] == "Bangor General"


def test_list_is_one_resource_for_each_patient_shown():
    event = replace(OPENED, action=Action.PATIENTS_LISTED, patient_id=None, detail='{"page": 1}')

    found = told(event, shown=(6, 5))

    assert [balp.check(resource) for resource in found] == ["PatientQuery", "PatientQuery"]
    assert [resource["id"] for resource in found] == ["71-1", "71-2"]
    patients = [
        balp.of_type(resource["entity"], {f"{fhir.ENTITY_TYPE}#1"})[0]["what"] for resource in found
    ]
    assert [what["reference"] for what in patients] == ["Patient/6", "Patient/5"]
    assert patients[0]["display"] == "patient 6"
    assert b64decode(data_of(found[0])["query"]) == b'{"page": 1}'


def test_patient_who_is_named_and_listed_is_told_once():
    assert len(told(replace(OPENED, action=Action.ENCOUNTERS_LISTED), shown=(5,))) == 1


def test_system_asks_for_its_own_work():
    (resource,) = told(replace(SYSTEM, action=Action.DOCUMENT_DESTROYED))

    assert balp.check(resource) == "PatientDelete"
    client, server = resource["agent"]
    assert (client["requestor"], server["requestor"]) == (True, False)
    assert client["who"] == server["who"] == resource["source"]["observer"]


def test_recipient_of_a_link_reads_and_its_maker_answers_for_it():
    (resource,) = told(RECIPIENT)

    reader = agent(resource, f"{table.PARTICIPATION}#IRCP")
    maker = agent(resource, f"{table.PARTICIPATION}#RESP")
    assert reader["who"] == {"display": "Recipient, by link"}
    assert (maker["who"]["display"], maker["requestor"]) == ("Bo Hale", False)


def test_disclosure_names_the_custodian_and_to_whom_it_went():
    event = replace(
        OPENED, action=Action.DISCLOSED, subject_type="request", subject_id="4", detail="{}"
    )

    (resource,) = told(event)

    assert balp.check(resource) == "PrivacyDisclosure.Source"
    assert agent(resource, "http://snomed.info/sct#159541003")["who"]["display"] == "Ana Mills"
    assert agent(resource, f"{table.DICOM}#110152")["who"]["display"] == "request 4"


@pytest.mark.parametrize(
    ("outcome", "code", "words"),
    [(Outcome.SUCCESS, "0", "Done"), (Outcome.REFUSED, "4", "Refused"),
     (Outcome.FAILED, "8", "Failed")],
)  # fmt: skip
def test_outcome_is_told_in_a_code_and_in_words(outcome, code, words):
    (resource,) = told(replace(OPENED, outcome=outcome))

    assert (resource["outcome"], resource["outcomeDesc"]) == (code, words)


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (replace(OPENED, subject_type="", subject_id=""), "Chart"),
        (replace(OPENED, subject_type="", subject_id="", patient_id=None), "Chart opened"),
        (replace(OPENED, subject_type="page", subject_id="", patient_id=None), "page"),
    ],
)
def test_what_an_event_is_about_is_always_told(event, what):
    (resource,) = told(event)

    assert data_of(resource)["what"]["display"] == what


def test_emergency_access_carries_the_code_that_reviewers_look_for():
    (resource,) = told(replace(OPENED, action=Action.GLASS_BROKEN, purpose=Purpose.EMERGENCY))

    assert "110127" in [coding["code"] for coding in resource["subtype"]]
    assert resource["purposeOfEvent"][0]["coding"][0]["code"] == "ETREAT"


CODES = st.text("abcXYZ09_.:/+-", max_size=20)
VALUES = st.one_of(CODES, st.integers(-(2**63), 2**63), st.booleans(), st.none())
DETAILS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True),
    st.one_of(VALUES, st.lists(VALUES, max_size=4)),
    max_size=5,
)


@given(detail=DETAILS)
def test_any_detail_of_the_trail_is_told_in_valid_fhir(detail):
    check_detail(detail)

    found = fhir._details(json.dumps(detail))

    event = replace(OPENED, detail=json.dumps(detail))
    ((resource, _patient),) = fhir.audit_events([event], {}, HOUSE)
    AuditEvent.model_validate(resource)
    assert {one["type"] for one in found} <= set(detail)
    assert all(one["valueString"] for one in found)
