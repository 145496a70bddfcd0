"""A download that broke off is made again; one that arrived is not; and nothing is told twice."""

import threading
from datetime import timedelta

import psycopg2
import psycopg2.errors
import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from audit.enums import Action
from audit.errors import Refused
from printing import words
from records.documents.errors import VaultError
from records.documents.vault import files
from requests_release.errors import PasscodeWrong
from requests_release.models import Delivery, Disclosure, Repeat
from requests_release.services import deliveries, downloads, links, repeats
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event


@pytest.fixture
def used(link):
    """A link whose one download has been made."""
    downloads.download(token=link.token, passcode=link.passcode)
    return link


def again(link, passcode=None):
    return repeats.download_again(token=link.token, passcode=passcode or link.passcode)


def arrive(link, passcode=None):
    repeats.note_arrival(token=link.token, passcode=passcode or link.passcode)


def outcomes():
    return list(Repeat.objects.order_by("pk").values_list("outcome", flat=True))


def told():
    """Everything that one release writes once, however often its file is given."""
    return (
        list(Delivery.objects.values()),
        list(Disclosure.objects.values()),
        len(events_of(Action.DISCLOSED)),
        len(events_of(Action.REQUEST_FULFILLED)),
    )


def refusal_of(work):
    with pytest.raises(Refused) as refused:
        work()
    return refused.value.reason


def pass_time(monkeypatch, minutes):
    later = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(timezone, "now", lambda: later)


@pytest.mark.django_db
def test_the_same_file_is_given_again_and_each_time_is_an_event_of_the_recipient(
    used, ready, clerk
):
    before = told()

    first, second = again(used), again(used)

    assert first.content == second.content
    assert first.content.startswith(b"%PDF-")
    assert first.file_name == f"{ready.number}.pdf"
    assert told() == before
    events = events_of(Action.PACKAGE_DOWNLOADED, "SUCCESS")
    assert [event["detail"].get("again") for event in events] == [None, 1, 2]
    for event in events:
        assert (event["actor_id"], event["actor_name"]) == (None, "Recipient, by link")
        assert (event["on_behalf_of_id"], event["patient_id"]) == (clerk.pk, ready.patient_id)


@pytest.mark.django_db
def test_a_third_repeat_is_refused(used):
    again(used)
    again(used)

    assert refusal_of(lambda: again(used)) == "LINK_USED"
    assert outcomes() == ["GIVEN", "GIVEN"]


@pytest.mark.django_db
def test_after_fifteen_minutes_nothing_is_given(used, monkeypatch):
    pass_time(monkeypatch, 16)

    assert refusal_of(lambda: again(used)) == "LINK_USED"
    assert repeats.find_chance(token=used.token) is None
    assert outcomes() == []


@pytest.mark.django_db
def test_a_file_that_arrived_is_not_given_again(used):
    arrive(used)

    assert refusal_of(lambda: again(used)) == "LINK_USED"
    assert refusal_of(lambda: arrive(used)) == "LINK_USED"
    assert repeats.find_chance(token=used.token) is None
    assert outcomes() == ["ARRIVED"]


@pytest.mark.django_db
def test_an_open_link_gives_nothing_again(link):
    assert refusal_of(lambda: again(link)) == "LINK_USED"
    assert refusal_of(lambda: arrive(link)) == "LINK_USED"
    assert repeats.find_chance(token=link.token) is None
    assert Delivery.objects.get().used_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("work", [again, arrive])
def test_wrong_passcodes_count_along_and_the_fifth_ends_the_link(link, work):
    with pytest.raises(PasscodeWrong):
        downloads.download(token=link.token, passcode="WRONG")
    downloads.download(token=link.token, passcode=link.passcode)

    left = []
    for _ in range(4):
        with pytest.raises(PasscodeWrong) as wrong:
            work(link, "WRONG")
        left.append(wrong.value.left)

    assert left == [3, 2, 1, 0]
    assert refusal_of(lambda: again(link)) == "LINK_USED"
    event = last_event(Action.PACKAGE_DOWNLOADED, "REFUSED")
    assert event["detail"] == {"reason": "PASSCODE_WRONG", "left": 0, "closed": True}
    assert event["actor_name"] == "Recipient, by link"


@pytest.mark.django_db
def test_a_store_that_is_down_costs_no_repeat(used, monkeypatch):
    def away(*_args, **_kwargs):
        raise OSError("the store is away")

    monkeypatch.setattr(files.storages[files.ALIAS], "open", away)

    with pytest.raises(VaultError):
        again(used)

    monkeypatch.undo()
    assert repeats.find_chance(token=used.token).left == 2
    assert again(used).content


# --- the page ---------------------------------------------------------------------------------


def address_of(link):
    return reverse("release_links:link_download", kwargs={"token": link.token})


@pytest.mark.django_db
def test_the_page_of_a_used_link_offers_the_file_again(client, used):
    until = Delivery.objects.get().used_at + timedelta(minutes=15)

    shown = client.get(address_of(used))
    given = client.post(address_of(used), {"step": "again", "passcode": used.passcode})
    after = client.get(address_of(used)).content.decode()

    body = shown.content.decode()
    assert shown.status_code == 410
    assert "The copies were downloaded already" in body
    assert f"Until {words.moment(until)}" in body
    assert "2 times at most" in body
    assert given["Content-Type"] == "application/pdf"
    assert "once more" in after


@pytest.mark.django_db
def test_a_second_download_that_is_not_asked_for_as_a_repeat_is_refused(client, used):
    answer = client.post(address_of(used), {"passcode": used.passcode})

    assert answer.status_code == 410
    assert not answer.content.startswith(b"%PDF-")
    assert last_event()["detail"]["reason"] == "LINK_USED"
    assert outcomes() == []


@pytest.mark.django_db
def test_the_page_says_that_all_of_it_arrived_and_offers_nothing_more(client, used):
    told_so = client.post(address_of(used), {"step": "arrived", "passcode": used.passcode})
    shown = client.get(address_of(used)).content.decode()

    assert (told_so.status_code, told_so.content) == (204, b"")
    assert "The copies were downloaded already" in shown
    assert "Fetch it again" not in shown
    late = client.post(address_of(used), {"step": "again", "passcode": used.passcode})
    assert late.status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize(("passcode", "status"), [("wrong", 403), ("", 422)])
def test_a_wrong_passcode_is_said_beside_its_field(client, used, passcode, status):
    answer = client.post(address_of(used), {"step": "again", "passcode": passcode})

    assert answer.status_code == status
    assert answer.context["form"].errors.keys() == {"passcode"}
    assert "Fetch it again" in answer.content.decode()


@pytest.mark.django_db
def test_the_request_tells_who_fetched_its_copies_and_how_often(client, used, ready, clerk):
    again(used)
    arrive(used)
    client.force_login(clerk)

    shown = client.get(
        reverse("requests_release:request_detail", kwargs={"request_id": ready.pk})
    ).context

    newest = shown["timeline"][0]
    assert (newest["who"], newest["what"], newest["text"]) == (
        f"{ready.recipient_name} (the recipient)",
        "fetched the copies",
        f"Delivered by the one-time link that {clerk.display_name} made.",
    )
    rows = dict(shown["delivery"].rows)
    given, arrived = Repeat.objects.order_by("pk")
    assert rows["Fetched again"] == words.moment(given.at)
    assert rows["Whole file arrived"] == words.moment(arrived.at)


# --- at once, and what the database itself promises -------------------------------------------


@pytest.fixture
def committed_used():
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit)
    approver = factories.make_user("SUPERVISOR", unit=unit)
    patient = factories.make_patient(unit)
    request = builders.ready(patient, clerk, approver, builders.file_document(patient, clerk))
    link = links.make_link(actor=clerk, request_id=request.pk, version=request.version, days=7)
    downloads.download(token=link.token, passcode=link.passcode)
    return link


@pytest.mark.committed
def test_repeats_at_once_are_two(committed_used):
    gate, found = threading.Barrier(4), []

    def run():
        gate.wait(timeout=10)
        try:
            found.append(bool(again(committed_used).content))
        except Refused as refused:
            found.append(refused.reason)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(map(str, found)) == ["LINK_USED", "LINK_USED", "True", "True"]
    assert Disclosure.objects.count() == 1


@pytest.fixture
def insert(second_connection):
    """Add a row as the application role, at a time of the row's own choosing."""

    def run(delivery, outcome):
        second_connection.autocommit = False
        try:
            with second_connection, second_connection.cursor() as cursor:
                cursor.execute("SELECT set_config('chartroom.actor', '1', true)")
                cursor.execute(
                    "INSERT INTO requests_release_repeat (delivery_id, outcome, at)"
                    " VALUES (%s, %s, %s)",
                    [delivery.pk, outcome, delivery.used_at],
                )
        finally:
            second_connection.autocommit = True

    return run


@pytest.mark.promise
@pytest.mark.committed
def test_the_database_gives_a_file_again_twice_and_not_once_it_arrived(committed_used, insert):
    delivery = Delivery.objects.get()

    insert(delivery, "GIVEN")
    insert(delivery, "GIVEN")
    with pytest.raises(psycopg2.errors.CheckViolation, match="twice at most"):
        insert(delivery, "GIVEN")
    with pytest.raises(psycopg2.errors.CheckViolation):
        insert(delivery, "LOST")
    insert(delivery, "ARRIVED")
    with pytest.raises(psycopg2.errors.CheckViolation, match="has arrived"):
        insert(delivery, "WRONG")

    assert outcomes() == ["GIVEN", "GIVEN", "ARRIVED"]


@pytest.mark.promise
@pytest.mark.committed
def test_the_database_gives_nothing_again_after_fifteen_minutes(insert, monkeypatch, request):
    pass_time(monkeypatch, -16)
    request.getfixturevalue("committed_used")
    monkeypatch.undo()

    with pytest.raises(psycopg2.errors.CheckViolation, match="within 15 minutes"):
        insert(Delivery.objects.get(), "GIVEN")

    assert outcomes() == []


@pytest.mark.promise
@pytest.mark.committed
@pytest.mark.parametrize("method", ["open", "MAIL"])
def test_the_database_gives_nothing_again_that_no_link_gave(insert, method):
    unit = factories.make_unit()
    clerk = factories.make_user("CLERK", unit=unit)
    approver = factories.make_user("SUPERVISOR", unit=unit)
    patient = factories.make_patient(unit)
    request = builders.ready(patient, clerk, approver, builders.file_document(patient, clerk))
    facts = {"actor": clerk, "request_id": request.pk, "version": request.version}
    if method == "open":
        links.make_link(**facts, days=7)
    else:
        deliveries.hand_over(**facts, method=method, handed_on=timezone.localdate())

    with pytest.raises(psycopg2.errors.CheckViolation, match="after its download"):
        insert(Delivery.objects.get(), "GIVEN")


@pytest.mark.promise
@pytest.mark.committed
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE requests_release_repeat SET outcome = 'WRONG'",
        "DELETE FROM requests_release_repeat",
        "TRUNCATE requests_release_repeat",
    ],
)
def test_what_came_of_a_link_is_not_rewritten(committed_used, second_connection, statement):
    again(committed_used)

    with second_connection.cursor() as cursor, pytest.raises(psycopg2.Error):
        cursor.execute(statement)

    assert outcomes() == ["GIVEN"]
