"""What a request in preparation says of itself, its authorization, and handing it on."""

import uuid

import pytest
from django.urls import reverse

from audit.enums import Action
from requests_release.services import approvals, assignments, downloads, links, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


NOTHING_YET = "no documents chosen yet"


def steps_of(response):
    return {step["label"]: (step["state"], step["text"]) for step in response.context["steps"]}


@pytest.mark.parametrize("name", ["request_detail", "request_submit"])
def test_nothing_is_found_right_before_documents_are_chosen(as_clerk, clerk, patient, name):
    request = builders.take(builders.log(patient, clerk), clerk)

    steps = steps_of(as_clerk.get(page(name, request)))

    assert steps["Right patient"] == ("todo", NOTHING_YET)
    assert steps["Protected classes"] == ("todo", NOTHING_YET)
    assert steps["Documents and pages"][0] == "bad"


def test_chosen_documents_are_found_right(as_clerk, prepared):
    steps = steps_of(as_clerk.get(page("request_detail", prepared)))

    assert steps["Right patient"] == ("done", "")
    assert steps["Protected classes"] == ("done", "")


@pytest.mark.parametrize(
    ("role", "text", "has_link"),
    [
        ("CLERK", "It can be submitted only once it is taken into work.", True),
        ("COMPLIANCE", "A clerk or a supervisor takes it into work.", False),
    ],
)
def test_a_logged_request_says_that_somebody_must_take_it(
    client, unit, patient, clerk, role, text, has_link
):
    request = builders.log(patient, clerk)
    client.force_login(factories.make_user(role, unit=unit))

    body = client.get(page("request_detail", request)).content.decode()

    assert "Nobody works on this request yet" in body
    assert text in body
    take = page("request_step", request, step="take")
    button = f'<form class="press" method="post" action="{take}">'
    assert body.count(button) == (2 if has_link else 0)
    assert ("Take it into work</button>" in body) is has_link


def test_a_logged_request_that_was_given_to_somebody_says_to_whom(
    client, unit, patient, clerk, approver
):
    request = builders.log(patient, clerk)
    assignments.assign(actor=approver, request_id=request.pk, version=request.version, person=clerk)
    said = {}
    for person in (clerk, approver):
        client.force_login(person)
        ahead = client.get(page("request_detail", request)).context["ahead"]
        said[person.pk] = ahead.title

    assert said == {clerk.pk: "Given to you", approver.pk: "Given to Rosa Delgado"}
    builders.take(request, clerk)
    assert client.get(page("request_detail", request)).context["ahead"] is None


def test_the_medium_asked_for_and_the_one_that_left_are_told_apart(
    as_clerk, clerk, approver, patient, stored
):
    request = builders.ready(patient, clerk, approver, stored, medium="PAPER")
    deliver = as_clerk.get(page("request_deliver", request)).content.decode()
    made = links.make_link(actor=clerk, request_id=request.pk, version=request.version, days=7)
    downloads.download(token=made.token, passcode=made.passcode)

    shown = as_clerk.get(page("request_detail", request)).context
    told = as_clerk.get(
        reverse("requests_release:disclosure_list", kwargs={"patient_id": patient.pk})
    ).content.decode()

    assert "asked for: paper" in deliver
    assert dict(shown["facts"])["Medium asked for"] == "Paper"
    assert dict(shown["delivery"].rows)["How"] == "One-time link, electronic"
    assert "One-time link, electronic" in told
    assert "Paper" not in told


def test_authorization_is_filed_and_its_defects_are_named(as_clerk, patient, clerk, document):
    request = builders.prepared(
        patient, clerk, document, requester=builders.ATTORNEY, basis="508", stated_due_on=None
    )
    file = builders.pdf(1, "Authorization")

    response = as_clerk.post(
        page("request_authorization", request),
        {
            "version": request.version,
            "filing_key": str(uuid.uuid4()),
            "file": upload("form.pdf", file),
            "scope": "Discharge summaries",
            "recipients": "Harlan & Pike LLP",
            "purpose": "LEGAL",
            "signed_on": "2026-11-01",
            "is_signed_by_patient": "on",
        },
        follow=True,
    )

    body = response.content.decode()
    form = request.authorizations.get()
    assert (form.document.patient_id, form.document.type.code) == (patient.pk, "AUTHORIZATION")
    assert "It has no expiry date or event" in body
    assert "It does not name us as the one who may disclose" in body
    assert "It is not signed and dated" not in body
    assert last_event(Action.REQUEST_VALIDATED)["detail"]["defects"] == [
        "WRONG_DISCLOSER",
        "NO_EXPIRY",
        "NO_REVOKE_STMT",
        "NO_CONDITION_STMT",
        "NO_REDISCLOSE_STMT",
        "NOT_PLAIN",
    ]


def upload(name, content):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_an_unreadable_form_is_refused_beside_the_field(as_clerk, prepared):
    response = as_clerk.post(
        page("request_authorization", prepared),
        {"version": prepared.version, "file": upload("form.pdf", b"MZ no pdf at all")},
    )

    assert response.status_code == 422
    assert "Only PDF, TIFF, JPEG and PNG files can be filed" in response.content.decode()
    assert prepared.authorizations.count() == 0


def test_no_form_at_all_is_refused(as_clerk, prepared):
    response = as_clerk.post(page("request_authorization", prepared), {"version": prepared.version})

    assert response.status_code == 422
    assert "Add the signed form, or choose it from the chart" in response.content.decode()


def test_submit_page_says_why_not(as_clerk, patient, clerk, document):
    request = builders.prepared(patient, clerk, document, basis="508", identity_proof="")

    body = as_clerk.get(page("request_submit", request)).content.decode()

    assert "The request has no authorization. Attach the signed form." in body
    assert "Say how identity and authority of the requester were verified." in body
    assert "disabled" in body


def test_submit_page_says_that_nothing_is_chosen(as_clerk, patient, clerk, document):
    empty = builders.take(builders.log(patient, clerk), clerk)
    full = builders.prepared(patient, clerk, document)

    bodies = [as_clerk.get(page("request_submit", one)).content.decode() for one in (empty, full)]

    said = ("No documents are chosen. Choose some first", "1 document with 3 pages goes to")
    assert [[text in body for text in said] for body in bodies] == [[True, False], [False, True]]


def test_submit_page_lists_who_may_decide(as_clerk, prepared, unit, clerk, approver):
    factories.make_user("SUPERVISOR", display_name="Far Away")

    form = as_clerk.get(page("request_submit", prepared)).context["form"]

    assert form.fields["reviewer"].choices == [("", "Any of these"), (approver.pk, "Sam Ito")]


def test_submit_page_says_whom_to_ask_where_nobody_may_decide(client):
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit)
    patient = factories.make_patient(unit)
    request = builders.prepared(patient, clerk, factories.make_document(patient))
    client.force_login(clerk)

    shown = client.get(page("request_submit", request)).content.decode()
    sent = client.post(page("request_submit", request), {"version": request.version})

    says = f"it needs a supervisor who may open the charts of {unit.name}"
    assert says in shown
    assert "Nobody may approve it yet." in shown
    assert (sent.status_code, sent.content.decode().count(says)) == (409, 1)
    assert builders.fresh(request).status == "IN_PREPARATION"


def test_submitting_without_an_authorization_is_refused(as_clerk, patient, clerk, document):
    request = builders.prepared(patient, clerk, document, basis="508")

    response = as_clerk.post(page("request_submit", request), {"version": request.version})

    assert response.status_code == 409
    assert "The request has no authorization" in response.content.decode()
    assert builders.fresh(request).status == "IN_PREPARATION"


def test_submitting_twice_submits_once(as_clerk, prepared):
    data = {"version": prepared.version}

    first = as_clerk.post(page("request_submit", prepared), data)
    second = as_clerk.post(page("request_submit", prepared), data)

    assert (first.status_code, second.status_code) == (302, 409)
    assert len(events_of(Action.REQUEST_SUBMITTED, "SUCCESS")) == 1


def withdrawn(request, clerk, approver):
    stages.withdraw(actor=clerk, request_id=request.pk, version=request.version, reason="No need")


def denied(request, clerk, approver):
    builders.submit(request, clerk)
    approvals.deny(
        actor=approver,
        request_id=request.pk,
        version=builders.fresh(request).version,
        comment="Not theirs to have",
    )


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (None, ["Approval", "Package", "Delivery"]),
        (withdrawn, []),
        (denied, ["Decision: denied: nothing is released"]),
    ],
)
def test_a_request_that_ended_without_copies_waits_for_none(
    as_clerk, clerk, approver, prepared, end, expected
):
    if end:
        end(prepared, clerk, approver)

    steps = as_clerk.get(page("request_detail", prepared)).context["steps"]

    later = [step for step in steps if step["label"] in LATER]
    assert [": ".join(filter(None, (one["label"], one["text"]))) for one in later] == expected
    assert not end or all(one["state"] == "done" for one in later)


LATER = ("Approval", "Decision", "Package", "Delivery")
