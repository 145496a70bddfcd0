"""Delivery: one transaction or nothing, one download, five tries."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from audit import subjects
from audit.context import Origin, acting
from audit.enums import Action
from audit.errors import Refused
from audit.writes import attributing
from records.documents.errors import VaultError
from records.documents.models import Document
from records.documents.vault import files
from requests_release.errors import PasscodeWrong
from requests_release.models import Delivery, Disclosure, PackagePart
from requests_release.services import deliveries, downloads, links, passcodes
from tests.factories import histories
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event

STRANGER = Origin(None, "anonymous", "ANONYMOUS", "request-1", client_address="203.0.113.9")


def download(link, passcode=None):
    """As a stranger on the page of the link."""
    with acting(STRANGER):
        return downloads.download(token=link.token, passcode=passcode or link.passcode)


def nothing_left(request):
    request = builders.fresh(request)
    return (
        request.status == "READY"
        and Disclosure.objects.count() == 0
        and not Delivery.objects.filter(used_at__isnull=False).exists()
        and events_of(Action.DISCLOSED) == []
    )


@pytest.mark.django_db
def test_deliveries_of_a_request_are_found_with_it_in_the_log(ready, clerk):
    delivery = builders.hand_over(ready, clerk).delivery

    [found] = subjects.find("request", ready.number)

    assert subjects.with_parts("request", found) == (
        ("request", str(ready.pk)),
        ("delivery", str(delivery.pk)),
    )


# --- handed over


@pytest.mark.django_db
def test_handing_over_writes_delivery_disclosure_and_status(ready, clerk, patient):
    package = ready.packages.get()

    disclosure = builders.hand_over(ready, clerk, tracking_note=" RR 123 ")

    request = builders.fresh(ready)
    assert request.status == "DELIVERED"
    assert (disclosure.delivery.method, disclosure.delivery.tracking_note) == ("MAIL", "RR 123")
    assert (disclosure.package_sha256, disclosure.manifest_sha256) == (
        package.sha256,
        package.manifest_sha256,
    )
    assert disclosure.recipient_name == "Superior Court"
    assert disclosure.recipient_address == "205 Newbury Street, Portland"
    assert disclosure.description == ("Discharge summary; dates of service May 4, 2026; 2 pages")
    assert disclosure.purpose == "Legal, 45 CFR 164.512(e)(1)(i)"
    assert (disclosure.is_in_accounting, disclosure.page_count) == (True, 4)
    assert (disclosure.released_on, disclosure.released_by_id) == (
        timezone.localdate(),
        clerk.pk,
    )
    actions = [event["action"] for event in events_of()][-3:]
    assert actions == ["DISCLOSED", "REQUEST_FULFILLED", "PACKAGE_DELIVERED"]
    assert last_event(Action.DISCLOSED)["patient_id"] == patient.pk


@pytest.mark.django_db
def test_treatment_is_disclosed_but_not_accounted(patient, clerk, approver, stored):
    request = builders.ready(
        patient,
        clerk,
        approver,
        stored,
        requester=builders.RequesterFacts(kind="TREATING_PROVIDER", name="Dr Hale"),
        basis="506_TREATMENT",
        purpose="CONTINUING_CARE",
        stated_due_on=None,
    )

    assert builders.hand_over(request, clerk, method="PICKUP").is_in_accounting is False


@pytest.mark.django_db
@pytest.mark.parametrize("days", [1, -400])
def test_a_day_that_cannot_be_is_refused(ready, clerk, days):
    with pytest.raises(Refused, match="between the approval and today"):
        builders.hand_over(ready, clerk, handed_on=timezone.localdate() + timedelta(days=days))

    assert nothing_left(ready)


@pytest.mark.django_db
def test_a_stale_form_is_refused(ready, clerk):
    with pytest.raises(Refused) as refused:
        builders.hand_over(ready, clerk, version=ready.version - 1)

    assert refused.value.reason == "REQUEST_CHANGED"
    assert nothing_left(ready)


@pytest.mark.django_db
def test_delivering_twice_is_one_delivery(ready, clerk):
    version = builders.fresh(ready).version
    builders.hand_over(ready, clerk, version=version)

    with pytest.raises(Refused):
        builders.hand_over(ready, clerk, version=version)

    assert Disclosure.objects.count() == 1


@pytest.mark.django_db
def test_only_a_ready_request_is_delivered(patient, clerk, document):
    request = builders.prepared(patient, clerk, document)

    with pytest.raises(Refused) as refused:
        builders.hand_over(request, clerk)

    assert refused.value.reason == "PACKAGE_NOT_READY"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["COMPLIANCE", "PROVIDER", "ADMINISTRATOR"])
def test_other_roles_deliver_nothing(unit, ready, role):
    person = factories.make_user(role, unit=unit)

    with pytest.raises(Refused) as refused:
        builders.hand_over(ready, person)

    assert refused.value.reason == "STEP_NOT_YOURS"
    assert nothing_left(ready)


@pytest.mark.django_db
def test_nobody_without_a_ground_delivers(ready, outsider):
    with pytest.raises(Refused) as refused:
        builders.hand_over(ready, outsider)

    assert refused.value.reason == "NO_GROUND"
    assert nothing_left(ready)


@pytest.mark.django_db
def test_a_document_voided_after_packaging_voids_and_delivers_nothing(ready, clerk, stored):
    histories.void(stored, clerk)

    with pytest.raises(Refused, match="The approval is void"):
        builders.hand_over(ready, clerk)

    request = builders.fresh(ready)
    assert (request.status, request.packages.get().state) == ("IN_PREPARATION", "VOID")
    assert Disclosure.objects.count() == 0


@pytest.mark.committed
def test_a_failure_between_the_writes_leaves_nothing(monkeypatch):
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit)
    approver = factories.make_user("SUPERVISOR", unit=unit)
    patient = factories.make_patient(unit)
    request = builders.ready(patient, clerk, approver, builders.file_document(patient, clerk))

    def fail(**_values):
        raise RuntimeError("power cut")

    monkeypatch.setattr(deliveries.moving, "move", fail)
    with pytest.raises(RuntimeError):
        builders.hand_over(request, clerk)

    assert nothing_left(request)
    assert Delivery.objects.count() == 0


# --- links


@pytest.mark.django_db
def test_a_link_keeps_only_hashes(link, clerk):
    delivery = Delivery.objects.get()

    assert (delivery.method, delivery.created_by_id) == ("PORTAL", clerk.pk)
    assert link.token not in delivery.token_hash
    assert link.passcode not in delivery.passcode_hash
    assert len(link.token) == 43
    assert set(link.passcode) <= set(passcodes.LETTERS)
    assert len(link.passcode) == 10
    assert timedelta(days=6) < delivery.expires_at - timezone.now() <= timedelta(days=7)


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, 31])
def test_a_link_lasts_neither_too_short_nor_too_long(ready, clerk, days):
    with pytest.raises(Refused, match="from 1 to 30 days"):
        links.make_link(actor=clerk, request_id=ready.pk, version=ready.version, days=days)


@pytest.mark.django_db
def test_one_link_at_a_time(ready, link, clerk):
    version = builders.fresh(ready).version

    with pytest.raises(Refused) as again:
        links.make_link(actor=clerk, request_id=ready.pk, version=version, days=7)
    with pytest.raises(Refused) as other:
        builders.hand_over(ready, clerk)

    assert (again.value.reason, other.value.reason) == ("LINK_STILL_OPEN", "LINK_STILL_OPEN")


@pytest.mark.django_db
def test_an_expired_link_makes_room_for_another(ready, clerk, monkeypatch):
    old = links.make_link(actor=clerk, request_id=ready.pk, version=ready.version, days=1)
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)

    new = links.make_link(
        actor=clerk, request_id=ready.pk, version=builders.fresh(ready).version, days=1
    )

    old.delivery.refresh_from_db()
    assert old.delivery.closed_at is not None
    assert links.find_link(token=new.token).pk == new.delivery.pk


@pytest.mark.django_db
def test_a_recalled_link_is_closed(ready, link, clerk):
    links.recall_link(actor=clerk, request_id=ready.pk, version=builders.fresh(ready).version)

    with pytest.raises(Refused) as refused:
        download(link)

    assert refused.value.reason == "LINK_CLOSED"
    assert last_event(Action.PACKAGE_RECALLED)["detail"]["delivery"] == link.delivery.pk
    builders.hand_over(ready, clerk)


@pytest.mark.goal("G-54")
@pytest.mark.django_db
def test_a_download_writes_all_before_it_gives_the_file(link, ready, clerk):
    given = download(link)

    disclosure = Disclosure.objects.get()
    delivery = Delivery.objects.get()
    assert given.content.startswith(b"%PDF-")
    assert given.file_name == f"{ready.number}.pdf"
    assert (disclosure.delivery_id, disclosure.released_by_id) == (delivery.pk, clerk.pk)
    assert delivery.used_at is not None
    assert builders.fresh(ready).status == "DELIVERED"
    for action in (Action.DISCLOSED, Action.PACKAGE_DOWNLOADED, Action.REQUEST_FULFILLED):
        event = last_event(action)
        assert (event["on_behalf_of_id"], event["patient_id"]) == (clerk.pk, ready.patient_id)
    for action in (Action.DISCLOSED, Action.PACKAGE_DOWNLOADED, Action.REQUEST_FULFILLED):
        event = last_event(action)
        assert (event["actor_id"], event["actor_name"], event["role"]) == (
            None,
            "Recipient, by link",
            "RECIPIENT",
        )


@pytest.mark.django_db
def test_a_passcode_is_taken_however_it_is_typed(link):
    assert download(link, f" {passcodes.spaced(link.passcode).lower()} ").content


@pytest.mark.django_db
def test_four_wrong_tries_leave_one(link, ready):
    for left in (4, 3, 2, 1):
        with pytest.raises(PasscodeWrong) as wrong:
            download(link, "WRONG")
        assert wrong.value.left == left

    assert download(link).content
    assert Disclosure.objects.count() == 1


@pytest.mark.django_db
def test_the_fifth_wrong_try_closes_the_link(link, ready):
    for _ in range(5):
        with pytest.raises(PasscodeWrong):
            download(link, "WRONG")

    with pytest.raises(Refused) as refused:
        download(link)

    delivery = Delivery.objects.get()
    assert refused.value.reason == "LINK_CLOSED"
    assert (delivery.failed_attempts, delivery.closed_at is not None) == (5, True)
    tries = events_of(Action.PACKAGE_DOWNLOADED, "REFUSED")
    assert [event["detail"]["left"] for event in tries] == [4, 3, 2, 1, 0]
    assert [event["detail"]["closed"] for event in tries] == [False] * 4 + [True]
    assert {event["actor_name"] for event in tries} == {"Recipient, by link"}
    assert nothing_left(ready)


@pytest.mark.django_db
def test_a_store_that_is_down_leaves_the_link_good(link, ready, monkeypatch):
    part = PackagePart.objects.get(kind="WHOLE")
    path = files.storages[files.ALIAS].path(f"{part.storage_name}/{files.ORIGINAL}")
    monkeypatch.setattr(files.storages[files.ALIAS], "open", _unreachable)

    with pytest.raises(VaultError):
        download(link)

    assert path
    assert nothing_left(ready)
    monkeypatch.undo()
    assert download(link).content


def _unreachable(*_args, **_kwargs):
    raise OSError("the store is away")


@pytest.mark.django_db
def test_an_approval_void_after_the_link_was_made_gives_nothing(link, ready, clerk, stored):
    with attributing(clerk):
        Document.objects.filter(pk=stored.pk).update(version_number=2)

    with pytest.raises(Refused) as refused:
        download(link)

    assert refused.value.reason == "DOCUMENT_NOT_FIT"
    assert Delivery.objects.get().closed_at is not None
    assert Disclosure.objects.count() == 0


# --- at once


@pytest.fixture
def committed_link():
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit)
    approver = factories.make_user("SUPERVISOR", unit=unit)
    patient = factories.make_patient(unit)
    request = builders.ready(patient, clerk, approver, builders.file_document(patient, clerk))
    return links.make_link(actor=clerk, request_id=request.pk, version=request.version, days=7)


def at_once(count, work):
    gate, outcomes = threading.Barrier(count), []

    def run():
        gate.wait(timeout=10)
        try:
            outcomes.append(bool(work().content))
        except Refused as refused:
            outcomes.append(refused.reason)
        except PasscodeWrong as wrong:
            outcomes.append(wrong.left)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


@pytest.mark.committed
def test_downloads_at_once_are_one(committed_link):
    outcomes = at_once(4, lambda: download(committed_link))

    assert sorted(map(str, outcomes)) == ["LINK_USED"] * 3 + ["True"]
    assert Disclosure.objects.count() == 1
    assert len(events_of(Action.DISCLOSED)) == 1


@pytest.mark.committed
def test_wrong_passcodes_at_once_are_five_and_no_more(committed_link):
    outcomes = at_once(9, lambda: download(committed_link, "WRONG"))

    assert sorted(map(str, outcomes)) == ["0", "1", "2", "3", "4"] + ["LINK_CLOSED"] * 4
    assert Delivery.objects.get().failed_attempts == 5
