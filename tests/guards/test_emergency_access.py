"""An emergency access is for reading: no page on which a chart is worked on opens by it.

Somebody who holds every role of the records room, but no right on the patient's unit, breaks the
glass and asks for every page of that patient's records by every method that the page takes.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, RowChange
from records.access.services import glass
from records.encounters.enums import EncounterKind, EncounterStatus
from records.encounters.services import encounters
from records.encounters.services.encounters import EncounterFacts
from records.patients.models import Patient
from requests_release.services import assignments
from tests.builders import sign_in_freshly
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant, make_unit
from tests.guards.policy import POLICY
from tests.guards.routes import own_routes
from tests.requests_release import builders as release

# What an emergency access shows: pages on the screen, and the face sheet on paper.
READING = {
    "charts:chart_detail": 200,
    "charts:encounter_list": 200,
    "charts:face_sheet": 200,
    "charts:face_sheet_pdf": 200,
    "documents:document_view": 200,
    "documents:page_image": 200,
    "documents:thumbnail": 200,
    "encounters:encounter_detail": 200,
    "patients:patient_history": 200,
    "retention:chart_explain": 200,
}
# Pages that name a patient's record and are not the chart's, with what they answer.
APART = {
    ("access:access_request_ask", "GET"): (200, "the directory line, and a form to ask for more"),
    ("access:access_request_ask", "POST"): (422, "the same form, sent empty"),
    ("access:glass_break", "GET"): (302, "goes to the chart, which is open"),
    ("access:glass_break", "POST"): (302, "goes to the chart, which is open"),
    ("audit:patient_viewers", "GET"): (200, "the access log, by its own right"),
    ("audit:patient_viewers_export", "GET"): (200, "the access log, by its own right"),
    ("audit:patient_viewers_export", "POST"): (422, "the access log: a file is to be chosen"),
    ("requests_release:accounting_print", "GET"): (302, "goes to the list, which is refused"),
    ("requests_release:request_comment", "GET"): (302, "goes to the request, which is refused"),
    ("retention:hold_place", "POST"): (200, "takes record numbers that are typed, not the chart"),
    ("retention:stub_detail", "GET"): (404, "there is no stub: the chart is not destroyed"),
}
# Pages that take the patient from what is typed or from the query.
BY_QUERY = {
    "requests_release:request_log": "?patient={patient}",
    "retention:hold_place": "?patient={patient}",
}
ARGUMENTS = ("patient_id", "document_id", "encounter_id", "request_id")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]


@pytest.fixture
def unit():
    return make_unit(name="Behavioural health")


@pytest.fixture
def keeper(unit):
    """Who works in the unit and may do everything there."""
    return make_user("SUPERVISOR", unit=unit)


@pytest.fixture
def patient(unit, keeper):
    return make_patient(unit, actor=keeper)


@pytest.fixture
def outsider():
    return make_user("CLERK", "SUPERVISOR", "COMPLIANCE", "PROVIDER")


@pytest.fixture
def ids(patient, keeper):
    """What stands in addresses: one record of each kind, all of the one patient."""
    stay = encounters.begin(
        actor=keeper,
        patient_id=patient.pk,
        facts=EncounterFacts(
            kind=EncounterKind.INPATIENT,
            started_at=timezone.now() - timedelta(hours=5),
            unit_id=patient.unit_id,
        ),
        status=EncounterStatus.IN_PROGRESS,
    )
    document, request = release.file_document(patient, keeper), release.log(patient, keeper)
    given = assignments.assign(
        actor=keeper, request_id=request.pk, version=request.version, person=keeper
    )
    return {
        "patient_id": patient.pk,
        "encounter_id": stay.pk,
        "document_id": document.pk,
        "move_id": 1,
        "request_id": request.pk,
        "assignment_id": given.pk,
        "number": 1,
        "page": 1,
        "step": "take",
    }


def asked(ids):
    """Every page of the patient's records, with every method that it takes."""
    for route in own_routes():
        if route.name not in POLICY:
            continue
        query = BY_QUERY.get(route.name, "")
        if query or any(name in ARGUMENTS for name in route.arguments):
            named = {name: ids[name] for name in route.arguments}
            path = reverse(route.name, kwargs=named) + query.format(patient=ids["patient_id"])
            yield from ((route.name, path, m) for m in route.methods if m != "HEAD")


def break_glass(user, patient):
    return glass.break_glass(
        actor=again(user), patient_id=patient.pk, reason="Brought in unconscious, no history"
    )


@pytest.mark.goal("G-01")
def test_broken_glass_opens_pages_to_read_and_none_to_work_on(ids, patient, outsider, keeper):
    break_glass(outsider, patient)
    client = sign_in_freshly(outsider)
    expected, found = {}, {}
    changed_before = RowChange.objects.count()
    # Pages that turn to the record only when something was entered.
    typed = {
        "access:chart_revoke": {"user": keeper.pk},
        "requests_release:request_comment": {"text": "Called back"},
    }

    for name, path, method in asked(ids):
        response = getattr(client, method.lower())(path, typed.get(name, {}))
        body = b"".join(response)
        line = f"{method} {name}"
        if (name, method) in APART:
            expected[line] = APART[name, method][0]
        elif name in READING:
            expected[line] = READING[name]
        else:
            expected[line] = 403
            if b"GLASS_READS_ONLY" not in body:
                found[f"{line} says why"] = body[-300:]
        found[line] = response.status_code

    assert found == expected
    assert RowChange.objects.count() == changed_before


def test_lists_of_pages_hold_no_stale_page(ids):
    names = {name for name, _, _ in asked(ids)}

    assert set(READING) - names == set()
    assert {name for name, _ in APART} - names == set()


@pytest.mark.goal("G-22")
def test_refusal_is_in_the_trail_with_the_patient(ids, patient, outsider):
    break_glass(outsider, patient)
    client = sign_in_freshly(outsider)

    response = client.post(reverse("patients:patient_edit", kwargs={"patient_id": patient.pk}))

    (event,) = Event.objects.filter(request_id=response.headers["X-Request-ID"])
    assert (event.outcome, event.patient_id, event.detail) == (
        "REFUSED",
        patient.pk,
        {"reason": "GLASS_READS_ONLY"},
    )


def test_a_right_of_ones_own_is_not_narrowed_by_a_broken_glass(ids, patient, outsider, unit):
    break_glass(outsider, patient)
    grant(unit, user=outsider)
    client = sign_in_freshly(outsider)

    response = client.get(reverse("patients:patient_edit", kwargs={"patient_id": patient.pk}))

    assert response.status_code == 200


def test_pages_to_read_offer_no_work(ids, patient, outsider):
    break_glass(outsider, patient)
    client = sign_in_freshly(outsider)
    apart = {name for name, _ in APART}
    work = {path for name, path, _ in asked(ids) if name not in apart.union(READING)}
    offered = {}

    for name in ("charts:chart_detail", "documents:document_view", "encounters:encounter_detail"):
        (argument,) = next(r for r in own_routes() if r.name == name).arguments
        text = client.get(reverse(name, kwargs={argument: ids[argument]})).content.decode()
        offered[name] = {path for path in work if f'"{path}' in text}
        assert "for reading only" in text

    assert {name: paths for name, paths in offered.items() if paths} == {}
    assert Patient.objects.get(pk=patient.pk).version == 1
