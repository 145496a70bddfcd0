"""Forms that were overtaken: nothing typed is lost, and what goes on top goes there knowingly."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from audit.enums import Action
from printing import words
from records.documents.models import Document
from requests_release.models import Request
from requests_release.presenters import changes as presenter
from requests_release.selectors import changes
from requests_release.services import links, requests, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event
from tests.requests_release.pages import log_data, page

pytestmark = pytest.mark.django_db
KEY = "3f0c9a52-6a0b-4c0e-9a53-1f1c5a1b7d10"
TITLE = "Not saved: the request changed while you worked"


@pytest.fixture
def prepared(unit, patient, clerk, document):
    """A request that one may still approve once the approver has had a hand in preparing it."""
    factories.make_user("SUPERVISOR", unit=unit)
    return builders.prepared(patient, clerk, document)


def change_meanwhile(request, approver):
    """Somebody else saves something that the forms below do not touch."""
    requests.note_sensitive(
        actor=approver,
        request_id=request.pk,
        version=builders.fresh(request).version,
        reviewed_classes=[],
        review_note="",
        has_part2_order=not builders.fresh(request).has_part2_order,
        is_emergency=False,
    )


def court_data(**values):
    stated = timezone.localdate() + timedelta(days=10)
    return log_data(
        requester_kind="COURT",
        kind="DISCLOSURE",
        basis="512E_ORDER",
        stated_due_on=stated.isoformat(),
        **values,
    )


FORMS = {
    "edit": ("request_edit", {}, court_data(purpose_note="For the hearing of May"), "CHANGED"),
    "sensitive": ("request_sensitive", {}, {"is_emergency": "on"}, "CHANGED"),
    "withdraw": ("request_step", {"step": "withdraw"}, {"reason": "They called"}, "WITHDRAWN"),
    "hold": (
        "request_step",
        {"step": "hold"},
        {"wait_reason": "CLARIFICATION", "note": "Which stay is meant?"},
        "HELD",
    ),
    "submit": ("request_submit", {}, {}, "SUBMITTED"),
}
KEPT = {
    "edit": 'value="For the hearing of May"',
    "sensitive": 'name="is_emergency" class="form-check-input" id="id_is_emergency" checked',
    "withdraw": "They called</textarea>",
    "hold": 'value="Which stay is meant?"',
    "submit": "Submit for approval",
}


@pytest.mark.parametrize("name", FORMS)
def test_an_overtaken_form_keeps_what_was_typed_and_says_who_changed_what_when(
    as_clerk, approver, prepared, name
):
    route, more, data, _ = FORMS[name]
    change_meanwhile(prepared, approver)
    before = Request.objects.values().get()

    response = as_clerk.post(page(route, prepared, **more), data | {"version": prepared.version})

    body = response.content.decode()
    assert response.status_code == 409
    assert TITLE in body
    assert re.search(
        r"Sam Ito changed the protected classes on \w{3} \d+, \d{4}, \d\d:\d\d\.", body
    )
    assert KEPT[name] in body
    assert f'name="version" value="{before["version"]}"' in body
    assert Request.objects.values().get() == before
    event = last_event()
    assert (event["outcome"], event["detail"]["reason"]) == ("REFUSED", "REQUEST_CHANGED")
    assert event["subject_id"] == str(prepared.pk)


@pytest.mark.parametrize("name", FORMS)
def test_an_overtaken_form_is_saved_on_top_when_it_is_sent_again(
    as_clerk, approver, prepared, name
):
    route, more, data, action = FORMS[name]
    change_meanwhile(prepared, approver)
    shown = as_clerk.post(page(route, prepared, **more), data | {"version": prepared.version})
    version = re.search(r'name="version" value="(\d+)"', shown.content.decode())[1]

    response = as_clerk.post(page(route, prepared, **more), data | {"version": version})

    assert response.status_code == 302
    assert events_of(f"REQUEST_{action}", "SUCCESS")
    assert builders.fresh(prepared).version == int(version) + 1


def test_the_edit_form_shows_where_stored_and_typed_differ(as_clerk, approver, prepared):
    requests.change(
        actor=approver,
        request_id=prepared.pk,
        version=prepared.version,
        requester=builders.COURT,
        facts=builders.request_facts(scope="Only the summary of May", medium="PAPER"),
    )
    data = court_data(scope="Summaries of 2026", scope_from="05/01/2026")

    body = as_clerk.post(
        page("request_edit", prepared), data | {"version": prepared.version}
    ).content.decode()

    assert "Sam Ito changed the medium and what is asked for on" in body
    rows = re.findall(r'<th scope="row">(.*?)</th><td[^>]*>(.*?)</td><td[^>]*>(.*?)</td>', body)
    assert ("What is asked for", "Only the summary of May", "Summaries of 2026") in rows
    assert ("Copies wanted on", "Paper", "Electronic") in rows
    assert ("Dates of service from", "–", "May 1, 2026") in rows
    assert "Save mine on top" in body


def test_the_choice_of_pages_is_kept(as_clerk, approver, prepared, document):
    change_meanwhile(prepared, approver)
    data = {"version": prepared.version, "document": [document.pk], f"pages-{document.pk}": "2-3"}

    response = as_clerk.post(page("request_items", prepared), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert TITLE in body
    assert f'name="pages-{document.pk}" value="2-3"' in body
    assert prepared.items.get().pages == [1, 2, 3]
    again = data | {"version": builders.fresh(prepared).version}
    assert as_clerk.post(page("request_items", prepared), again).status_code == 302
    assert prepared.items.get().pages == [2, 3]


def test_a_range_that_cannot_be_read_does_not_hide_that_the_request_changed(
    as_clerk, approver, prepared, document
):
    change_meanwhile(prepared, approver)
    data = {"document": [document.pk], f"pages-{document.pk}": "one"}
    address = page("request_items", prepared)

    shown = as_clerk.post(address, data | {"version": prepared.version}).content.decode()
    version = re.search(r'name="version" value="(\d+)"', shown)[1]
    again = as_clerk.post(address, data | {"version": version, f"pages-{document.pk}": "2"})

    assert "is no page or range of pages" in shown
    assert int(version) == prepared.version
    assert again.status_code == 409
    assert "Sam Ito changed the protected classes on" in again.content.decode()
    assert prepared.items.get().pages == [1, 2, 3]


def test_an_uploaded_form_is_filed_and_chosen_though_the_request_was_overtaken(
    as_clerk, approver, patient, clerk, document
):
    request = builders.prepared(patient, clerk, document, basis="508", stated_due_on=None)
    change_meanwhile(request, approver)
    file = SimpleUploadedFile("form.pdf", builders.pdf(1, "Form"), content_type="application/pdf")
    data = {"version": request.version, "filing_key": str(uuid.uuid4()), "scope": "All of 2026"}

    response = as_clerk.post(page("request_authorization", request), data | {"file": file})

    body = response.content.decode()
    filed = Document.objects.get(type__code="AUTHORIZATION")
    assert response.status_code == 409
    assert "Sam Ito changed the protected classes on" in body
    assert f'<option value="{filed.pk}" selected>' in body
    assert 'value="All of 2026"' in body
    assert data["filing_key"] not in body
    assert request.authorizations.count() == 0

    again = {
        "version": builders.fresh(request).version,
        "document": filed.pk,
        "scope": "All of 2026",
    }
    assert as_clerk.post(page("request_authorization", request), again).status_code == 302
    form = request.authorizations.get()
    assert (form.document_id, form.scope) == (filed.pk, "All of 2026")
    assert Document.objects.filter(type__code="AUTHORIZATION").count() == 1


def test_a_new_form_takes_the_place_of_the_recorded_one(as_clerk, patient, clerk, document):
    request = builders.prepared(patient, clerk, document, basis="508", stated_due_on=None)
    old = builders.file_document(patient, clerk, type_code="AUTHORIZATION", title="Old form")
    builders.authorize(request, clerk, old)
    file = SimpleUploadedFile("new.pdf", builders.pdf(1, "New"), content_type="application/pdf")
    data = {"version": builders.fresh(request).version, "document": old.pk, "scope": "All"}

    response = as_clerk.post(
        page("request_authorization", request),
        data | {"file": file, "filing_key": str(uuid.uuid4())},
    )

    assert response.status_code == 302
    newest = request.authorizations.order_by("-pk").first()
    assert newest.document_id != old.pk


def test_two_forms_at_once_are_refused(as_clerk, patient, clerk, document):
    request = builders.prepared(patient, clerk, document, basis="508", stated_due_on=None)
    other = builders.file_document(patient, clerk, type_code="AUTHORIZATION", title="Other")
    file = SimpleUploadedFile("new.pdf", builders.pdf(1, "New"), content_type="application/pdf")

    response = as_clerk.post(
        page("request_authorization", request),
        {"version": request.version, "document": other.pk, "file": file},
    )

    assert response.status_code == 422
    assert "one of both" in response.content.decode()
    assert Document.objects.filter(type__code="AUTHORIZATION").count() == 1


def test_what_can_no_longer_be_saved_still_stands_there_to_be_copied(as_clerk, clerk, prepared):
    builders.submit(prepared, clerk)
    data = court_data(purpose_note="For the hearing of May") | {"version": prepared.version}

    response = as_clerk.post(page("request_edit", prepared), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert "The request is submitted by now, so this can no longer be saved." in body
    assert 'value="For the hearing of May"' in body
    assert '<button class="btn btn-primary" type="submit" disabled>Save</button>' in body


def test_a_form_sent_twice_says_that_the_sender_was_first(as_clerk, prepared):
    data = {"version": prepared.version}
    as_clerk.post(page("request_submit", prepared), data)

    body = as_clerk.post(page("request_submit", prepared), data).content.decode()

    assert "You changed the state and the submission on" in body
    at = words.moment(builders.fresh(prepared).submitted_at)
    assert f"You submitted this request on {at}. Nothing was sent again." in body
    assert f'<span class="why-not">You submitted this request on {at}.</span>' in body
    assert len(events_of(Action.REQUEST_SUBMITTED, "SUCCESS")) == 1


def test_a_submission_after_another_persons_says_whose_was_first(as_clerk, unit, prepared):
    other = factories.make_user("CLERK", unit=unit, display_name="Bo Hale")
    builders.submit(prepared, other)
    at = words.moment(builders.fresh(prepared).submitted_at)

    answer = as_clerk.post(page("request_submit", prepared), {"version": prepared.version})

    assert answer.status_code == 409
    body = answer.content.decode()
    assert f"Bo Hale submitted this request on {at}. Nothing was sent again." in body


def test_a_submission_too_late_says_from_where_it_can_be(as_clerk, clerk, approver, prepared):
    builders.submit(prepared, clerk)
    builders.approve(builders.fresh(prepared), approver)

    body = as_clerk.get(page("request_submit", prepared)).content.decode()

    assert "only one in preparation can be submitted." in body
    assert "Nothing was sent again" not in body


@pytest.mark.parametrize(
    ("way", "kept"),
    [
        (
            {"way": "link", "link-days": "21", "link-key": KEY},
            'name="link-days" value="21"',
        ),
        (
            {"way": "hand", "hand-method": "MAIL", "hand-tracking_note": "9400 1000 0000"},
            'value="9400 1000 0000"',
        ),
    ],
)
def test_an_overtaken_delivery_keeps_what_was_typed(
    as_clerk, patient, clerk, approver, stored, way, kept
):
    ready = builders.ready(patient, clerk, approver, stored)
    other = factories.make_user("CLERK", unit=patient.unit, display_name="Ned Pagac")
    links.make_link(actor=other, request_id=ready.pk, version=ready.version, days=7)
    links.recall_link(actor=other, request_id=ready.pk, version=builders.fresh(ready).version)
    prefix = way["way"]
    data = way | {
        f"{prefix}-version": ready.version,
        "hand-handed_on": timezone.localdate().isoformat(),
    }

    response = as_clerk.post(page("request_deliver", ready), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert body.count("Ned Pagac changed what belongs to it on") == 1
    assert kept in body
    assert builders.fresh(ready).status == "READY"
    data[f"{prefix}-version"] = builders.fresh(ready).version
    assert as_clerk.post(page("request_deliver", ready), data).status_code in (200, 302)
    assert ready.deliveries.count() == 2


def test_an_overtaken_assignment_keeps_the_person_chosen(client, unit, clerk, approver, prepared):
    third = factories.make_user("CLERK", unit=unit, display_name="Ned Pagac")
    client.force_login(approver)
    stages.put_on_hold(
        actor=clerk,
        request_id=prepared.pk,
        version=prepared.version,
        wait_reason="CLARIFICATION",
        note="Asked",
    )

    response = client.post(
        page("request_assign", prepared), {"version": prepared.version, "person": third.pk}
    )

    assert response.status_code == 409
    assert "Rosa Delgado changed the state on" in response.content.decode()
    assert f'<option value="{third.pk}" selected>' in response.content.decode()
    assert builders.fresh(prepared).prepared_by_id == clerk.pk


@pytest.mark.parametrize(
    ("step", "words"),
    [("close", "not now"), ("reopen", "not now"), ("take", "not now")],
)
def test_a_step_that_the_state_does_not_allow_cannot_be_sent(as_clerk, prepared, step, words):
    body = as_clerk.get(page("request_step", prepared, step=step)).content.decode()

    assert f"The request is in preparation: {words}." in body
    assert " disabled>" in body


def test_a_refused_step_says_why_above_its_form(as_clerk, patient, clerk):
    request = builders.log(
        patient,
        clerk,
        kind="ACCESS",
        basis="524",
        purpose="PATIENT_REQUEST",
        stated_due_on=None,
        requester=builders.RequesterFacts(kind="PATIENT", name="Freda O'Connell"),
    )
    data = {
        "version": request.version,
        "notice_on": timezone.localdate().isoformat(),
        "complete_by": (timezone.localdate() + timedelta(days=300)).isoformat(),
        "reason": "The chart lies in the store of the old house",
    }

    response = as_clerk.post(page("request_step", request, step="extend"), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert "The day of the answer lies past the longest extension." in body
    assert "The chart lies in the store of the old house" in body
    assert builders.fresh(request).extended_on is None


def test_a_reason_is_asked_for_in_plain_words(as_clerk, prepared):
    response = as_clerk.post(
        page("request_step", prepared, step="withdraw"),
        {"version": prepared.version, "reason": " "},
    )

    assert response.status_code == 422
    assert "Say why: the reason stands in the timeline." in response.content.decode()


def test_a_comment_that_is_too_long_is_shown_again(as_clerk, prepared):
    response = as_clerk.post(page("request_comment", prepared), {"text": "x" * 2001})

    body = response.content.decode()
    assert response.status_code == 422
    assert "At most 2000 characters; this has 2001." in body
    assert "x" * 2001 in body


# --- who changed what -------------------------------------------------------------------------


def test_changes_are_those_since_the_version_seen(patient, clerk, approver, document):
    request = builders.prepared(patient, clerk, document)
    seen = request.version
    assert changes.list_since(request, seen) == []

    change_meanwhile(request, approver)
    builders.choose(request, clerk, document)

    found = changes.list_since(builders.fresh(request), seen)
    assert [(one.person_id, one.name) for one in found] == [
        (clerk.pk, "Rosa Delgado"),
        (approver.pk, "Sam Ito"),
    ]
    assert [one.columns for one in found] == [("version",), ("has_part2_order", "version")]


def test_a_version_of_no_use_lists_the_last_few(patient, clerk, document):
    request = builders.submitted(patient, clerk, document)

    found = changes.list_since(request, 0)

    assert len(found) == min(request.version, changes.MOST) - 1


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (("scope", "scope_from", "scope_until"), "what is asked for and the dates of service"),
        (("version",), "what belongs to it"),
        (("status", "status_since", "version"), "the state"),
        (("kind", "basis", "scope"), "the kind, the ground and what is asked for"),
    ],
)
def test_columns_are_told_in_words(clerk, columns, words):
    change = changes.Change(None, "", timezone.now(), columns)

    shown = presenter.present([change], actor=clerk).lines

    assert len(shown) == 1
    assert shown[0].startswith(f"Somebody changed {words} on ")


def test_every_column_of_a_request_has_words_or_is_silent():
    fixed = {"id", "number", "patient_id", "unit_id", "status", "idempotency_key", "created_at"}
    columns = {field.attname for field in Request._meta.concrete_fields} - fixed - {"created_by_id"}

    assert columns - presenter.SILENT - set(presenter.WORDS) == set()
