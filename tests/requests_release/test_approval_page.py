"""The page of the second person: who decides, who only reads, and what is kept when refused."""

import re

import pytest

from audit.enums import Action
from requests_release.models import Request, RequestStatusChange
from requests_release.services import stages
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


def decision(request, *, pages=(), **changes):
    item = request.items.get()
    seen = [f"{item.pk}-{number}" for number in pages]
    return {"version": request.version, "decision": "approve", "seen": seen} | changes


def send(client, request, data):
    return client.post(page("request_approve", request), data)


def ticked(body):
    return re.findall(r'name="seen" value="\d+-(\d+)" checked', body)


# --- who only reads ---------------------------------------------------------------------------


@pytest.fixture
def prepared_by_a_supervisor(unit, patient, document):
    both = factories.make_user("CLERK", "SUPERVISOR", unit=unit)
    return builders.submitted(patient, both, document), both


def test_the_preparer_reads_the_request_and_why_they_do_not_decide(
    client, prepared_by_a_supervisor, document
):
    request, both = prepared_by_a_supervisor
    client.force_login(both)

    body = client.get(page("request_approve", request)).content.decode()

    assert "You prepared this request. A supervisor who took no part decides it." in body
    assert body.count("/image/") + body.count("<img") >= document.page_count
    for part in ('name="decision"', 'name="seen"', 'name="comment"', 'data-hotkey="Shift'):
        assert part not in body


def test_a_clerk_reads_that_a_supervisor_decides(client, unit, submitted):
    client.force_login(factories.make_user("CLERK", unit=unit))

    body = client.get(page("request_approve", submitted)).content.decode()

    assert "A supervisor decides this" in body
    assert 'name="decision"' not in body


def test_the_request_says_who_decides_to_each_who_does_not(client, unit, clerk, submitted):
    said, offered = {}, {}
    for who, person in {
        "preparer": clerk,
        "colleague": factories.make_user("CLERK", unit=unit),
        "compliance": factories.make_user("COMPLIANCE", unit=unit),
        "supervisor": factories.make_user("SUPERVISOR", unit=unit),
    }.items():
        client.force_login(person)
        deeds = client.get(page("request_detail", submitted)).context["deeds"]
        [deed] = [deed for deed in deeds if deed.name == "approve"]
        said[who] = deed.why_not
        offered[who] = (deed.label, deed.is_primary)

    others = "A supervisor decides this; your role does not approve releases."
    assert said == {
        "preparer": "You prepared this request. A supervisor who took no part decides it.",
        "colleague": others,
        "compliance": others,
        "supervisor": "",
    }
    looks = dict.fromkeys(("preparer", "colleague", "compliance"), ("Look", False))
    assert offered == looks | {"supervisor": ("Look and decide", True)}


def test_the_preparer_hears_whom_they_asked(client, clerk, approver, patient, document):
    request = builders.prepared(patient, clerk, document)
    builders.submit(request, clerk, reviewer=approver)
    client.force_login(clerk)

    body = client.get(page("request_approve", request)).content.decode()

    assert "You prepared this request. Sam Ito was asked to decide it." in body


@pytest.mark.parametrize("choice", ["approve", "return", "deny", "none", "nonsense"])
def test_a_decision_of_the_preparer_is_refused_and_writes_nothing(
    client, prepared_by_a_supervisor, choice
):
    request, both = prepared_by_a_supervisor
    client.force_login(both)
    before = (Request.objects.values().get(), RequestStatusChange.objects.count())

    answer = send(client, request, decision(request, pages=(1, 2, 3), decision=choice))

    assert answer.status_code == 403
    assert "You prepared this request" in answer.content.decode()
    assert (Request.objects.values().get(), RequestStatusChange.objects.count()) == before
    event = last_event()
    assert (event["action"], event["outcome"]) == (Action.REQUEST_APPROVED, "REFUSED")
    assert event["detail"] == {"reason": "OWN_PREPARATION"}
    assert (event["actor_id"], event["subject_id"]) == (both.pk, str(request.pk))


def test_a_decision_of_a_clerk_is_refused_and_writes_nothing(client, unit, submitted):
    client.force_login(factories.make_user("CLERK", unit=unit))

    answer = send(client, submitted, decision(submitted, pages=(1, 2, 3)))

    assert answer.status_code == 403
    assert builders.fresh(submitted).status == "SUBMITTED"
    assert last_event()["detail"] == {"reason": "STEP_NOT_YOURS"}


@pytest.mark.parametrize("status", ["IN_PREPARATION", "RETURNED"])
def test_a_request_that_does_not_wait_is_only_read(as_approver, patient, clerk, document, status):
    request = builders.prepared(patient, clerk, document)
    if status == "RETURNED":
        builders.submit(request, clerk)
        send(
            as_approver,
            builders.fresh(request),
            decision(builders.fresh(request), decision="return", comment="Page 2 is not hers"),
        )

    body = as_approver.get(page("request_approve", request)).content.decode()

    assert builders.fresh(request).status == status
    assert "Nothing waits for approval" in body
    assert 'name="decision"' not in body


# --- who decides ------------------------------------------------------------------------------


def test_the_page_offers_its_keys_and_keeps_room_for_every_page(as_approver, submitted):
    body = as_approver.get(page("request_approve", submitted)).content.decode()

    assert re.findall(r'data-hotkey="(v|Shift\+\w)"', body) == [
        "v",
        "Shift+A",
        "Shift+R",
        "Shift+D",
    ]
    assert body.count('width="612" height="792"') == 3
    assert "0 of 3" in body


def test_approving_needs_every_page_ticked_and_keeps_what_was_typed(
    as_approver, approver, submitted
):
    builders.look(submitted, approver, 1)
    data = decision(submitted, pages=(1,), comment="Looks right so far")

    response = send(as_approver, submitted, data)

    body = response.content.decode()
    assert response.status_code == 409
    assert "2 of 3 pages are not ticked as seen" in body
    assert ticked(body) == ["1"]
    assert "Looks right so far" in body
    assert "1 of 3" in body
    assert builders.fresh(submitted).status == "SUBMITTED"
    assert last_event(Action.REQUEST_APPROVED)["detail"] == {
        "reason": "PAGES_NOT_SEEN",
        "missing": 2,
    }


def test_approving_with_every_page_ticked(as_approver, approver, submitted):
    builders.look(submitted, approver)

    response = send(as_approver, submitted, decision(submitted, pages=(1, 2, 3)))

    assert response.status_code == 302
    request = builders.fresh(submitted)
    assert (request.status, request.approved_by_id) == ("APPROVED", approver.pk)


def test_approving_twice_approves_once_and_says_who_did(as_approver, approver, submitted):
    builders.look(submitted, approver)
    data = decision(submitted, pages=(1, 2, 3))

    first, second = send(as_approver, submitted, data), send(as_approver, submitted, data)

    assert (first.status_code, second.status_code) == (302, 409)
    assert "You changed the state and the approval on" in second.content.decode()
    assert "The request is approved by now" in second.content.decode()
    assert len(events_of(Action.REQUEST_APPROVED, "SUCCESS")) == 1


def test_two_approvers_at_once_are_one_and_the_other_reads_who_was_first(
    client, unit, approver, submitted
):
    other = factories.make_user("SUPERVISOR", unit=unit, display_name="Ned Pagac")
    data = decision(submitted, pages=(1, 2, 3), comment="Mine")
    builders.look(submitted, other)
    client.force_login(other)
    assert send(client, submitted, data).status_code == 302
    client.force_login(approver)

    answer = send(client, submitted, data)

    assert answer.status_code == 409
    assert "Ned Pagac changed the state and the approval on" in answer.content.decode()
    assert "Mine</textarea>" in answer.content.decode()
    assert builders.fresh(submitted).approved_by_id == other.pk


def test_ticks_do_not_outlive_a_change_of_the_request(as_approver, approver, clerk, submitted):
    builders.look(submitted, approver)
    data = decision(submitted, pages=(1, 2, 3), comment="All there")
    stages.take(actor=clerk, request_id=submitted.pk, version=submitted.version)
    builders.submit(submitted, clerk)

    answer = send(as_approver, submitted, data)

    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Not saved: the request changed while you worked" in body
    assert body.count("Rosa Delgado changed the state") == 2
    assert "All there" in body
    assert ticked(body) == []
    assert f'name="version" value="{builders.fresh(submitted).version}"' in body
    builders.look(submitted, approver)
    again = send(as_approver, submitted, decision(builders.fresh(submitted), pages=(1, 2, 3)))
    assert again.status_code == 302


def test_a_page_that_was_never_shown_is_not_taken_as_seen(as_approver, patient, clerk):
    request = builders.submitted(patient, clerk, builders.file_document(patient, clerk))
    page_of = re.compile(r'src="(/documents/[^"]+/pages/(\d+)/)"')
    pictures = page_of.findall(as_approver.get(page("request_approve", request)).content.decode())
    shown = as_approver.get(pictures[0][0])

    answer = send(as_approver, request, decision(request, pages=(1, 2), comment="Fine"))

    body = answer.content.decode()
    assert (shown.status_code, answer.status_code) == (200, 409)
    assert "1 of 2 pages was not shown to you since this was submitted" in body
    assert ticked(body) == ["1"]
    assert "Fine</textarea>" in body
    assert last_event(Action.REQUEST_APPROVED)["detail"] == {
        "reason": "PAGES_NOT_SEEN",
        "unshown": 1,
    }
    as_approver.get(pictures[1][0])
    assert send(as_approver, request, decision(request, pages=(1, 2))).status_code == 302


@pytest.mark.parametrize("choice", ["return", "deny"])
def test_returning_and_denying_need_words(as_approver, submitted, choice):
    response = send(as_approver, submitted, decision(submitted, pages=(2,), decision=choice))

    body = response.content.decode()
    assert response.status_code == 422
    assert "Say what is wrong" in body
    assert ticked(body) == ["2"]


def test_returning_leads_back_to_the_preparer(as_approver, submitted):
    data = decision(submitted, decision="return", comment="Page 2 is not hers")

    body = as_approver.post(page("request_approve", submitted), data, follow=True).content.decode()

    assert builders.fresh(submitted).status == "RETURNED"
    assert "Page 2 is not hers" in body


def test_a_document_voided_meanwhile_stops_approval_with_its_reason(
    as_approver, patient, clerk, approver
):
    from records.documents.services import corrections

    stored = builders.file_document(patient, clerk)
    request = builders.submitted(patient, clerk, stored)
    corrections.void(
        actor=clerk, document_id=stored.pk, lock_version=stored.lock_version, reason="Wrong patient"
    )

    answer = send(as_approver, request, decision(request, pages=(1, 2), comment="Fine"))

    body = answer.content.decode()
    assert answer.status_code == 409
    assert "was moved, voided or replaced" in body
    assert "Fine" in body
    assert builders.fresh(request).status == "SUBMITTED"
