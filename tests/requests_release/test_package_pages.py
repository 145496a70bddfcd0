"""The package and its delivery, as the pages show them."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.enums import Action
from printing import words
from records.documents.services import corrections
from requests_release.models import Delivery, Disclosure
from requests_release.services import links
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


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


def void(document, actor):
    document.refresh_from_db()
    corrections.void(
        actor=actor,
        document_id=document.pk,
        lock_version=document.lock_version,
        reason="Of another patient",
    )


def move(document, actor, other):
    document.refresh_from_db()
    corrections.move(
        actor=actor,
        document_id=document.pk,
        lock_version=document.lock_version,
        to_patient_id=other.pk,
        to_encounter_id=None,
        reason="Of another patient",
    )


@pytest.mark.parametrize("change", ["moved", "voided"])
def test_a_file_with_pages_of_somebody_else_is_not_opened_and_its_approval_ends(
    as_clerk, clerk, unit, ready, stored, change
):
    if change == "moved":
        move(stored, clerk, factories.make_patient(unit))
    else:
        void(stored, clerk)

    answer = as_clerk.get(page("package_file", ready))

    assert answer.status_code == 409
    assert "A document was moved, voided or replaced." in answer.content.decode()
    assert builders.fresh(ready).status == "IN_PREPARATION"
    assert list(ready.packages.values_list("state", flat=True)) == ["VOID"]
    assert events_of(Action.PACKAGE_CHECKED) == []


def test_what_left_with_pages_of_somebody_else_is_kept_and_not_opened_again(
    as_clerk, clerk, ready, stored
):
    builders.hand_over(ready, clerk)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the end of its transaction
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert as_clerk.get(page("package_file", ready)).status_code == 200
    void(stored, clerk)

    answer = as_clerk.get(page("package_file", ready))

    assert answer.status_code == 409
    assert "They stay as evidence of what was released" in answer.content.decode()
    assert builders.fresh(ready).status == "DELIVERED"
    assert list(ready.packages.values_list("state", flat=True)) == ["READY"]
    assert last_event()["detail"]["documents"] == [stored.pk]


@pytest.mark.parametrize("change", ["moved", "voided", "form voided"])
def test_a_change_of_a_document_ends_the_approval_at_once(
    django_capture_on_commit_callbacks, patient, clerk, approver, unit, stored, change
):
    form = builders.file_document(patient, clerk, type_code="AUTHORIZATION")
    request = builders.prepared(
        patient, clerk, stored, requester=builders.ATTORNEY, purpose="LEGAL", basis="508"
    )
    builders.authorize(request, clerk, form)
    builders.approve(builders.submit(request, clerk), approver)

    with django_capture_on_commit_callbacks(execute=True):
        if change == "moved":
            move(stored, clerk, factories.make_patient(unit))
        else:
            void(form if change == "form voided" else stored, clerk)

    assert builders.fresh(request).status == "IN_PREPARATION"
    assert last_event(Action.REQUEST_CHANGED)["detail"]["from"] == "APPROVED"


def test_a_change_that_touches_no_approval_is_told_to_nobody(
    django_capture_on_commit_callbacks, patient, clerk, stored, submitted
):
    with django_capture_on_commit_callbacks(execute=True):
        void(stored, clerk)

    assert builders.fresh(submitted).status == "SUBMITTED"


def test_there_is_no_file_before_it_is_built(as_clerk, prepared):
    assert as_clerk.get(page("package_file", prepared)).status_code == 409


def test_the_link_is_shown_once_and_kept_nowhere(as_clerk, ready):
    data = {"way": "link", "link-version": ready.version, "link-days": 7}
    data["link-key"] = str(uuid.uuid4())

    body = as_clerk.post(page("request_deliver", ready), data).content.decode()
    later = as_clerk.get(page("request_deliver", ready)).content.decode()

    token = body.split("/r/")[1].split("/")[0]
    delivery = Delivery.objects.get()
    assert delivery.token_hash == links.hash_of(token)
    assert token not in later
    assert "A download link is open" in later


def test_while_a_link_is_open_only_one_in_its_place_is_offered(as_clerk, clerk, ready):
    made = links.make_link(actor=clerk, request_id=ready.pk, version=ready.version, days=7)

    body = as_clerk.get(page("request_deliver", ready)).content.decode()

    assert "A download link is open" in body
    assert f"and expires {words.moment(made.delivery.expires_at)}." in body
    assert 'name="way" value="link"' not in body
    assert 'name="way" value="hand"' not in body


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
    ("change", "is_same"),
    [
        ({}, True),
        ({"hand-tracking_note": "RR 124"}, False),
        ({"hand-method": "FAX"}, False),
        ({"hand-handed_on": ""}, False),
    ],
)
def test_a_delivery_that_is_sent_again_is_said_to_stand(as_clerk, ready, change, is_same):
    data = {
        "way": "hand",
        "hand-version": ready.version,
        "hand-method": "MAIL",
        "hand-handed_on": f"{timezone.localdate():%m/%d/%Y}",
        "hand-tracking_note": "RR 123",
    }
    address = page("request_deliver", ready)
    as_clerk.post(address, data)

    again = as_clerk.post(address, data | change)

    assert Disclosure.objects.count() == 1
    assert (again.status_code == 302) is is_same
    if is_same:
        body = as_clerk.get(again.url).content.decode()
        assert "This delivery stands already: nothing new was noted." in body
        assert "Not saved" not in body
    elif "hand-handed_on" not in change:
        assert "Not saved" in again.content.decode()
        # It cannot be noted any more, and still stands there to be copied.
        assert f'value="{(data | change)["hand-tracking_note"]}"' in again.content.decode()
        assert "Note the delivery" not in again.content.decode()


def test_a_delivery_that_a_colleague_noted_is_not_ones_own(client, unit, clerk, ready):
    builders.hand_over(ready, clerk, tracking_note="RR 123")
    client.force_login(factories.make_user("CLERK", unit=unit))
    data = {
        "way": "hand",
        "hand-version": ready.version,
        "hand-method": "MAIL",
        "hand-handed_on": f"{timezone.localdate():%m/%d/%Y}",
        "hand-tracking_note": "RR 123",
    }

    answer = client.post(page("request_deliver", ready), data)

    assert answer.status_code == 409
    assert "Rosa Delgado changed the state" in answer.content.decode()


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
