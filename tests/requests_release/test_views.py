"""Every page of the release room: who may, what it shows, what it writes."""

import re
import uuid
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.enums import Action
from audit.writes import attributing
from printing import words
from records.documents.models import Document
from requests_release.models import Delivery, Disclosure, Request
from requests_release.services import deliveries, links, stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event

pytestmark = pytest.mark.django_db


def page(name, request=None, **more):
    kwargs = ({"request_id": request.pk} if request else {}) | more
    return reverse(f"requests_release:{name}", kwargs=kwargs)


@pytest.fixture
def as_clerk(client, clerk):
    client.force_login(clerk)
    return client


@pytest.fixture
def as_approver(client, approver):
    client.force_login(approver)
    return client


@pytest.fixture
def prepared(patient, clerk, document):
    return builders.prepared(patient, clerk, document)


@pytest.fixture
def submitted(patient, clerk, document):
    return builders.submitted(patient, clerk, document)


@pytest.fixture
def ready(patient, clerk, approver, stored):
    return builders.ready(patient, clerk, approver, stored)


# --- who may open what ------------------------------------------------------------------------

PREPARE = {
    "CLERK": 200,
    "SUPERVISOR": 200,
    "COMPLIANCE": 403,
    "PROVIDER": 403,
    "ADMINISTRATOR": 403,
}
VIEW = PREPARE | {"COMPLIANCE": 200}
APPROVE = PREPARE | {"CLERK": 403}
PAGES = {
    "request_detail": VIEW,
    "request_approve": VIEW,
    "request_edit": PREPARE,
    "request_items": PREPARE,
    "request_authorization": PREPARE,
    "request_sensitive": PREPARE,
    "request_submit": PREPARE,
    "request_deliver": PREPARE,
    "request_assign": APPROVE,
}


@pytest.mark.parametrize("role", ["CLERK", "SUPERVISOR", "COMPLIANCE", "PROVIDER", "ADMINISTRATOR"])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_for_each_role(client, unit, prepared, name, role):
    client.force_login(factories.make_user(role, unit=unit))

    response = client.get(page(name, prepared))

    assert response.status_code == PAGES[name][role]
    assert (prepared.number in response.content.decode()) == (response.status_code == 200)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_for_an_outsider_is_refused_and_recorded(client, outsider, prepared, name):
    client.force_login(outsider)

    response = client.get(page(name, prepared))

    assert response.status_code == 403
    assert prepared.number not in response.content.decode()
    assert last_event()["outcome"] == "REFUSED"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_of_an_unknown_request_is_not_found(as_clerk, name):
    expected = 403 if name == "request_assign" else 404

    assert as_clerk.get(page(name, request_id=999_999)).status_code == expected


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_for_a_stranger_leads_to_sign_in(client, prepared, name):
    response = client.get(page(name, prepared))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [*sorted(PAGES), "request_board", "request_log"])
def test_page_takes_no_other_method(as_clerk, prepared, name):
    address = page(name) if name in ("request_board", "request_log") else page(name, prepared)

    assert as_clerk.put(address).status_code == 405


def test_page_writes_its_event_before_it_answers(as_clerk, prepared, patient):
    as_clerk.get(page("request_detail", prepared))

    event = last_event()
    assert (event["action"], event["patient_id"]) == (Action.REQUEST_VIEWED, patient.pk)
    assert (event["subject_type"], event["subject_id"]) == ("request", str(prepared.pk))
    assert event["purpose"] == "RELEASE"


# --- logging ----------------------------------------------------------------------------------


def log_data(**changes):
    today = timezone.localdate()
    return {
        "requester_kind": "PATIENT",
        "requester_name": "Freda O'Connell",
        "requester_address": "622 Gerhold Orchard, Boston MA",
        "kind": "ACCESS",
        "basis": "524",
        "purpose": "PATIENT_REQUEST",
        "scope": "Everything of 2026",
        "received_on": today.isoformat(),
        "channel": "WALK_IN",
        "medium": "ELECTRONIC",
        "key": str(uuid.uuid4()),
    } | changes


def test_log_form_finds_the_patient_first(as_clerk, patient):
    response = as_clerk.get(page("request_log"), {"q": patient.mrn})

    assert f"?patient={patient.pk}" in response.content.decode()
    assert last_event()["action"] == Action.PATIENTS_SEARCHED


def test_log_form_is_searched_by_its_form_and_no_address_holds_a_protected_number(as_clerk):
    named = as_clerk.post(page("request_log"), {"q": "okafor"})
    numbered = as_clerk.post(page("request_log"), {"q": "219-44-6789"})
    by_address = as_clerk.get(page("request_log"), {"q": "219-44-6789"})

    assert named["Location"] == f"{page('request_log')}?q=okafor"
    body = numbered.content.decode()
    assert (numbered.status_code, "Nobody found" in body, "219-44" in body) == (200, True, False)
    assert by_address["Location"] == page("request_log")


def test_log_form_logs_and_shows_the_due_date_by_rule(as_clerk, patient, clerk):
    address = f"{page('request_log')}?patient={patient.pk}"

    response = as_clerk.post(address, log_data(), follow=True)

    request = Request.objects.get()
    assert request.due_on == timezone.localdate() + timedelta(days=30)
    assert (request.status, request.created_by_id) == ("LOGGED", clerk.pk)
    body = response.content.decode()
    assert "30 days left" in body
    assert "30-day access rule, 45 CFR 164.524(b)(2)" in body


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("COURT", "no date: the date in the order was not entered, 45 CFR 164.512(e)(1)(i)"),
        ("EMPLOYER", "no date: no rule sets one for this kind of requester (Employer)"),
    ],
)
def test_request_without_a_date_says_why(as_clerk, patient, clerk, kind, says):
    requester = factories.make_requester(kind)
    request = factories.make_request(patient, clerk, requester=requester)

    response = as_clerk.get(page("request_detail", request))

    assert dict(response.context["facts"])["Due"] == says
    assert "· no date" in response.content.decode()


def test_log_form_sent_twice_logs_once(as_clerk, patient):
    address = f"{page('request_log')}?patient={patient.pk}"
    data = log_data()

    first = as_clerk.post(address, data)
    second = as_clerk.post(address, data)

    assert first["Location"] == second["Location"]
    assert Request.objects.count() == 1
    assert len(events_of(Action.REQUEST_LOGGED)) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"requester_name": ""}, "Fill this in."),
        ({"scope": " "}, "Fill this in."),
        ({"requester_phone": "5" * 41}, "At most 40 characters; this has 41."),
        ({"requester_email": "freda"}, "Write an address such as name@example.org."),
        ({"received_on": "2099-01-01"}, "This day has not come yet"),
        ({"received_on": "yesterday"}, "Write a day such as 03/14/2026 or Mar 14, 2026."),
        ({"scope_from": "2026-05-02", "scope_until": "2026-05-01"}, "lies before the first"),
        ({"requester_kind": "ATTORNEY"}, "Access is for the patient"),
        ({"basis": "508"}, "rests on the right of access"),
        ({"kind": "DISCLOSURE"}, "does not carry a disclosure"),
        ({"kind": "AMENDMENT"}, "Choose one of the list."),
        ({"purpose": "OTHER"}, "Say in a few words what the copies are for."),
        ({"purpose": "OTHER", "purpose_note": "  "}, "Say in a few words what the copies are for."),
        ({"key": "no"}, "valid UUID"),
    ],
)
def test_log_form_names_what_is_wrong_and_keeps_what_was_typed(as_clerk, patient, change, words):
    address = f"{page('request_log')}?patient={patient.pk}"

    response = as_clerk.post(address, log_data(**change))

    body = response.content.decode()
    assert response.status_code == 422
    assert words in body
    assert "622 Gerhold Orchard" in body
    assert Request.objects.count() == 0


def test_log_form_for_a_patient_of_another_unit_is_refused(as_clerk):
    stranger = factories.make_patient(factories.make_unit(), family="Hidden")

    response = as_clerk.post(f"{page('request_log')}?patient={stranger.pk}", log_data())

    assert response.status_code == 403
    assert "Hidden" not in response.content.decode()
    assert Request.objects.count() == 0


# --- preparing --------------------------------------------------------------------------------


def test_items_are_chosen_with_ranges(as_clerk, prepared, document):
    response = as_clerk.post(
        page("request_items", prepared),
        {
            "version": prepared.version,
            "document": [document.pk],
            f"pages-{document.pk}": "1, 3",
        },
    )

    assert response.status_code == 302
    assert prepared.items.get().pages == [1, 3]
    prepared.refresh_from_db()
    assert prepared.page_count == 2


def test_items_page_says_what_is_wrong_with_a_range(as_clerk, prepared, document):
    response = as_clerk.post(
        page("request_items", prepared),
        {"version": prepared.version, "document": [document.pk], f"pages-{document.pk}": "2-9"},
    )

    assert response.status_code == 422
    assert "The document has pages 1 to 3" in response.content.decode()
    assert prepared.items.get().pages == [1, 2, 3]


def test_of_too_many_documents_those_chosen_or_asked_for_are_listed(
    as_clerk, patient, clerk, monkeypatch
):
    chosen, asked, *others = (
        factories.make_document(patient, service_on=date(year, 3, 1))
        for year in (2019, 2020, 2024, 2025, 2026)
    )
    prepared = builders.prepared(
        patient, clerk, chosen, scope_from=date(2020, 1, 1), scope_until=date(2020, 12, 31)
    )
    monkeypatch.setattr("requests_release.views.items.MOST_DOCUMENTS", 3)
    address = page("request_items", prepared)

    response = as_clerk.get(address)
    text = response.content.decode()

    listed = [row["document"].pk for row in response.context["rows"]]
    assert listed == [others[-1].pk, asked.pk, chosen.pk]
    assert "2 more documents of the chart" in text
    sent = {"version": builders.fresh(prepared).version, "document": [chosen.pk, asked.pk]}
    assert as_clerk.post(address, sent).status_code == 302
    assert set(prepared.items.values_list("document_id", flat=True)) == {chosen.pk, asked.pk}
    assert "more document" not in as_clerk.get(page("request_detail", prepared)).content.decode()


@pytest.mark.parametrize("forged", ["foreign", "12345678901234567890", "7x"])
@pytest.mark.parametrize("with_own", [True, False])
def test_a_forged_document_is_refused_and_leaves_the_choice_as_it_was(
    as_clerk, unit, clerk, prepared, document, forged, with_own
):
    foreign = factories.make_document(factories.make_patient(unit), title="Of somebody else")
    sent = [str(foreign.pk) if forged == "foreign" else forged]
    more = factories.make_document(prepared.patient)

    response = as_clerk.post(
        page("request_items", prepared),
        {
            "version": prepared.version,
            "document": sent + [str(more.pk)] * with_own,
            f"pages-{foreign.pk}": "1",
        },
    )

    body = response.content.decode()
    assert response.status_code == 409
    assert "Nothing was saved: what was chosen before stands" in body
    assert foreign.title not in body
    assert [(item.document_id, item.pages) for item in prepared.items.all()] == [
        (document.pk, [1, 2, 3])
    ]
    event = last_event(Action.REQUEST_CHANGED, "REFUSED")
    assert (event["actor_id"], event["patient_id"]) == (clerk.pk, prepared.patient_id)
    assert (event["subject_type"], event["subject_id"]) == ("request", str(prepared.pk))
    assert event["detail"] == {
        "reason": "DOCUMENT_NOT_OF_CHART",
        "documents": [foreign.pk if forged == "foreign" else 0],
    }


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
    assert (f'href="{take}">Take it into work</a>' in body) is has_link


def test_a_logged_request_that_was_given_to_somebody_says_to_whom(
    client, unit, patient, clerk, approver
):
    request = builders.log(patient, clerk)
    stages.assign(actor=approver, request_id=request.pk, version=request.version, person=clerk)
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
    links.download(token=made.token, passcode=made.passcode)

    shown = as_clerk.get(page("request_detail", request)).context
    told = as_clerk.get(
        reverse("requests_release:disclosure_list", kwargs={"patient_id": patient.pk})
    ).content.decode()

    assert "asked for: paper" in deliver
    assert dict(shown["facts"])["Medium asked for"] == "Paper"
    assert dict(shown["delivery"].rows)["How"] == "One-time link, electronic"
    assert "One-time link, electronic" in told
    assert "Paper" not in told


def test_a_forged_page_is_refused_and_leaves_the_choice_as_it_was(as_clerk, prepared, document):
    response = as_clerk.post(
        page("request_items", prepared),
        {"version": prepared.version, "document": [document.pk], f"pages-{document.pk}": "1, 4"},
    )

    assert response.status_code == 422
    assert "The document has pages 1 to 3" in response.content.decode()
    assert prepared.items.get().pages == [1, 2, 3]


def test_a_document_voided_meanwhile_is_refused_and_not_dropped(
    as_clerk, clerk, prepared, document
):
    with attributing(clerk):
        Document.objects.filter(pk=document.pk).update(
            status="VOIDED", voided_at=timezone.now(), voided_by=clerk, void_reason="wrong"
        )

    response = as_clerk.post(
        page("request_items", prepared),
        {"version": prepared.version, "document": [document.pk]},
    )

    assert response.status_code == 409
    assert prepared.items.get().document_id == document.pk


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


# --- single steps ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "step", ["take", "hold", "withdraw", "reopen", "close", "rebuild", "recall", "revoke"]
)
def test_every_step_asks_first(as_clerk, prepared, step):
    response = as_clerk.get(page("request_step", prepared, step=step))

    assert response.status_code == 200
    assert "csrfmiddlewaretoken" in response.content.decode()


def test_an_unknown_step_is_not_found(as_clerk, prepared):
    assert as_clerk.get(page("request_step", prepared, step="destroy")).status_code == 404


def test_putting_on_hold_and_withdrawing(as_clerk, prepared):
    as_clerk.post(
        page("request_step", prepared, step="hold"),
        {"version": prepared.version, "wait_reason": "CLARIFICATION", "note": "Asked by phone"},
    )
    held = builders.fresh(prepared)
    as_clerk.post(
        page("request_step", prepared, step="withdraw"),
        {"version": held.version, "reason": "No longer wanted"},
    )

    assert held.status == "ON_HOLD"
    assert builders.fresh(prepared).status == "WITHDRAWN"


def test_giving_a_request_to_somebody_else(as_approver, unit, outsider, prepared):
    data = {"version": prepared.version, "person": outsider.pk}

    response = as_approver.post(page("request_assign", prepared), data)

    assert response.status_code == 302
    assert builders.fresh(prepared).prepared_by_id == outsider.pk


def test_the_person_it_was_given_to_opens_the_chart_by_that_work(
    client, approver, outsider, prepared
):
    stages.assign(actor=approver, request_id=prepared.pk, version=prepared.version, person=outsider)
    client.force_login(outsider)

    response = client.get(page("request_detail", prepared))

    assert response.status_code == 200
    assert last_event(Action.REQUEST_VIEWED)["basis"] == "WORK"


def test_a_comment_stands_in_the_timeline(as_clerk, prepared):
    response = as_clerk.post(
        page("request_comment", prepared), {"text": "Caller asked for paper"}, follow=True
    )

    assert "Caller asked for paper" in response.content.decode()


# --- package and delivery ---------------------------------------------------------------------


def test_progress_is_asked_cheaply(as_clerk, clerk, patient, approver, stored):
    request = builders.approved(patient, clerk, approver, stored)

    first = as_clerk.get(page("package_progress", request))
    again = as_clerk.get(
        page("package_progress", request), headers={"If-None-Match": first["ETag"]}
    )
    builders.build(request)
    over = as_clerk.get(page("package_progress", request), headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, over.status_code) == (200, 204, 286)
    assert "Waiting for a worker" in first.content.decode()
    assert "pages in one file" in over.content.decode()
    assert "CONNELL" not in first.content.decode() + over.content.decode()


def test_progress_of_a_chart_that_one_may_not_open_is_refused(client, outsider, prepared):
    client.force_login(outsider)

    assert client.get(page("package_progress", prepared)).status_code == 403


def test_the_finished_file_is_given_to_the_clerk_with_an_event(as_clerk, ready):
    response = as_clerk.get(page("package_file", ready))

    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert last_event()["action"] == Action.PACKAGE_CHECKED
    assert Disclosure.objects.count() == 0


def test_there_is_no_file_before_it_is_built(as_clerk, prepared):
    assert as_clerk.get(page("package_file", prepared)).status_code == 409


def test_the_link_is_shown_once_and_kept_nowhere(as_clerk, ready):
    data = {"way": "link", "link-version": ready.version, "link-days": 7}

    body = as_clerk.post(page("request_deliver", ready), data).content.decode()
    later = as_clerk.get(page("request_deliver", ready)).content.decode()

    token = body.split("/r/")[1].split("/")[0]
    delivery = Delivery.objects.get()
    assert delivery.token_hash == links.hash_of(token)
    assert token not in later
    assert "A download link is open" in later


def test_while_a_link_is_open_nothing_else_is_offered(as_clerk, clerk, ready):
    made = links.make_link(actor=clerk, request_id=ready.pk, version=ready.version, days=7)

    body = as_clerk.get(page("request_deliver", ready)).content.decode()

    assert "A download link is open" in body
    assert f"It expires {words.moment(made.delivery.expires_at)}" in body
    assert 'name="way"' not in body


def test_an_expired_link_is_said_to_be_over_and_another_is_offered(
    as_clerk, clerk, ready, monkeypatch
):
    monkeypatch.setattr(links, "timedelta", lambda days: timedelta(days=-days))
    made = links.make_link(actor=clerk, request_id=ready.pk, version=ready.version, days=1)

    body = as_clerk.get(page("request_deliver", ready)).content.decode()

    assert f"expired {words.moment(made.delivery.expires_at)}, not used" in body
    assert "A download link is open" not in body
    assert body.count('name="way"') == 2


def test_a_request_shows_where_every_page_of_its_package_comes_from(as_clerk, ready, stored):
    body = as_clerk.get(page("request_detail", ready)).content.decode()

    package = ready.packages.get()
    assert "Where every page comes from" in body
    assert "Letter, index and notices" in body
    assert f"{stored.title}, version 1" in body
    for sha256 in (package.sha256, package.manifest_sha256, *_hashes(package)):
        assert sha256 in body


def _hashes(package):
    return {one["sha256"] for one in package.manifest["pages"]}


def test_facts_are_written_as_people_read_them(as_clerk, patient, clerk):
    request = builders.log(
        patient,
        clerk,
        requester=builders.RequesterFacts(
            kind="COURT", name="Superior Court", address="205 Newbury Street\nPortland, ME"
        ),
        scope_from=date(2026, 5, 1),
        scope_until=date(2026, 5, 31),
    )

    body = as_clerk.get(page("request_detail", request)).content.decode()

    assert "May 1, 2026 to May 31, 2026" in body
    assert "205 Newbury Street, Portland, ME" in body
    assert f"<dd>{words.day(request.received_on)}</dd>" in body
    assert "Extended" not in body


def test_handing_over_is_delivered_with_its_disclosure(as_clerk, ready):
    data = {
        "way": "hand",
        "hand-version": ready.version,
        "hand-method": "MAIL",
        "hand-handed_on": timezone.localdate().isoformat(),
        "hand-tracking_note": "RR 123",
    }

    response = as_clerk.post(page("request_deliver", ready), data)

    assert response.status_code == 302
    disclosure = Disclosure.objects.get()
    assert (disclosure.request_id, disclosure.delivery.tracking_note) == (ready.pk, "RR 123")
    assert builders.fresh(ready).status == "DELIVERED"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"hand-handed_on": "2099-01-01"}, "This day has not come yet"),
        ({"hand-method": "PORTAL"}, "Choose one of the list."),
    ],
)
def test_handing_over_names_what_is_wrong(as_clerk, ready, change, words):
    data = {
        "way": "hand",
        "hand-version": ready.version,
        "hand-method": "MAIL",
        "hand-handed_on": timezone.localdate().isoformat(),
    } | change

    response = as_clerk.post(page("request_deliver", ready), data)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert Disclosure.objects.count() == 0


# --- the link, for strangers ------------------------------------------------------------------


@pytest.fixture
def link(ready, clerk):
    return links.make_link(
        actor=clerk, request_id=ready.pk, version=builders.fresh(ready).version, days=7
    )


def address_of(link):
    return reverse("release_links:link_download", kwargs={"token": link.token})


def test_the_link_asks_for_the_passcode_and_names_nobody(client, link, patient):
    response = client.get(address_of(link))

    body = response.content.decode()
    assert response.status_code == 200
    assert "Type the passcode" in body
    assert f"until {words.moment(link.delivery.expires_at)}, New York (E" in body
    assert "CONNELL" not in body.upper()
    assert patient.mrn not in body


def test_the_right_passcode_gives_the_file_once(client, link, ready):
    passcode = links.spaced(link.passcode).lower()

    first = client.post(address_of(link), {"passcode": passcode})
    second = client.post(address_of(link), {"passcode": passcode})

    assert first.content.startswith(b"%PDF-")
    assert first["Content-Disposition"] == f'attachment; filename="{ready.number}.pdf"'
    assert first["Cache-Control"] == "no-store"
    assert second.status_code == 410
    assert "downloaded already" in second.content.decode()
    assert Disclosure.objects.count() == 1


def test_five_wrong_passcodes_close_the_link(client, link):
    answers = [client.post(address_of(link), {"passcode": "wrong"}) for _ in range(6)]

    assert [one.status_code for one in answers] == [403] * 5 + [410]
    assert "4 tries left" in answers[0].content.decode()
    assert "1 try left" in answers[3].content.decode()
    assert "Too many wrong passcodes" in answers[4].content.decode()
    assert "This link is closed" in answers[5].content.decode()
    right = client.post(address_of(link), {"passcode": link.passcode})
    assert right.status_code == 410
    assert Disclosure.objects.count() == 0
    refused = events_of(Action.PACKAGE_DOWNLOADED, "REFUSED")
    assert [event["detail"]["reason"] for event in refused] == ["PASSCODE_WRONG"] * 5 + [
        "LINK_CLOSED"
    ] * 2


def test_an_expired_link_says_so(client, link, monkeypatch):
    later = timezone.now() + timedelta(days=8)
    monkeypatch.setattr(links.timezone, "now", lambda: later)

    shown = client.get(address_of(link))
    tried = client.post(address_of(link), {"passcode": link.passcode})

    assert (shown.status_code, tried.status_code) == (410, 410)
    assert "This link has expired" in shown.content.decode()
    assert Disclosure.objects.count() == 0


def test_an_unknown_link_says_so(client, db):
    response = client.get(reverse("release_links:link_download", kwargs={"token": "x" * 43}))

    assert response.status_code == 404
    assert "This link leads nowhere" in response.content.decode()


def test_the_link_takes_no_other_method(client, link):
    assert client.put(address_of(link)).status_code == 405


# --- disclosures ------------------------------------------------------------------------------


def test_every_cell_of_the_disclosures_is_named_for_narrow_screens(as_clerk, clerk, ready, patient):
    deliveries.hand_over(
        actor=clerk,
        request_id=ready.pk,
        version=ready.version,
        method="MAIL",
        handed_on=timezone.localdate(),
    )

    body = as_clerk.get(reverse("requests_release:disclosure_list", args=[patient.pk])).content

    [head] = re.findall(r"<thead>(.*?)</thead>", body.decode(), re.S)
    [row] = re.findall(r"<tr data-row>(.*?)</tr>", body.decode(), re.S)
    names = re.findall(r"<th[^>]*>([^<]+)</th>", head)
    assert re.findall(r'<td data-label="([^"]+)"', row) == names
    assert row.count("<td") == len(names) == 7
    assert 'class="table table-stack"' in body.decode()


def test_disclosures_and_the_printed_accounting(as_clerk, clerk, ready, patient):
    deliveries.hand_over(
        actor=clerk,
        request_id=ready.pk,
        version=ready.version,
        method="MAIL",
        handed_on=timezone.localdate(),
    )

    listed = as_clerk.get(page("disclosure_list", patient_id=patient.pk)).content.decode()
    printed = as_clerk.post(
        page("accounting_print", patient_id=patient.pk),
        {"requested_on": timezone.localdate().isoformat()},
    )

    assert ready.number in listed
    assert "Superior Court" in listed
    assert printed["Content-Type"] == "application/pdf"
    assert last_event()["action"] == Action.ACCOUNTING_PRINTED
    assert patient.accountings.get().row_count == 1


def test_an_accounting_for_a_day_to_come_is_refused(as_clerk, patient):
    response = as_clerk.post(
        page("accounting_print", patient_id=patient.pk), {"requested_on": "2099-01-01"}
    )

    assert response.status_code == 422
    assert patient.accountings.count() == 0
