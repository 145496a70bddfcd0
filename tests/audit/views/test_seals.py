"""The page of seals, and verifying from it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from audit import context, tasks
from audit.enums import Action, Outcome
from audit.models import Event
from audit.services import events, verifications
from tests.audit.views.pages import newest, text_of

pytestmark = pytest.mark.django_db


def test_seals_page_of_a_new_trail(signed_in):
    answer = signed_in.get(reverse("audit:seal_list"))

    text = text_of(answer)
    assert answer.status_code == 200
    assert "Nothing is sealed yet" in text
    assert "never verified" in text
    assert "never sealed" in text


@pytest.mark.committed
def test_seals_page_shows_the_newest_seals_and_the_last_verification(client, make_user):
    from audit.services import seals, verifications

    client.force_login(make_user("cora", "COMPLIANCE"))
    seals.seal_all()
    with context.acting(context.system_origin()):
        verifications.verify_trail()

    answer = client.get(reverse("audit:seal_list"))

    assert [(seal.chain, seal.number) for seal in answer.context["seals"]] == [
        ("Row changes", 1),
        ("Events", 1),
    ]
    assert answer.context["seals"][0].hash in answer.content.decode()
    verified = answer.context["verified"]
    assert (verified.is_sound, verified.broken, verified.seals) == (True, 0, 2)
    assert "2 seals, and every row that they cover" in text_of(answer)


@pytest.mark.committed
def test_seals_page_says_what_needs_a_person(client, make_user, superuser_connection):
    officer = make_user("cora", "COMPLIANCE")
    with superuser_connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_epoch SET system_identifier = 1")
        cursor.execute(
            "INSERT INTO audit_event (actor_name, role, action, outcome, request_id, occurred_at)"
            " VALUES ('a', 'b', 'TRAIL_VERIFIED', 'FAILED', 'r', '2001-01-01')"
        )
    client.force_login(officer)

    text = text_of(client.get(reverse("audit:seal_list")))

    for words in (
        "A month has no partition of its own",
        "The database was moved to another server",
        "Sealing is late",
        "something was found broken",
    ):
        assert words in text, words


SEALS = "/log/seals/"
VERIFY = "/log/seals/verify/"


@pytest.fixture
def queue(monkeypatch):
    """What was sent to the worker, which does nothing by itself."""
    sent = []
    monkeypatch.setattr(tasks.verify_recent, "delay", lambda: sent.append("verify"))
    return sent


def test_trail_never_verified_says_when_it_will_be_and_offers_it_now(signed_in):
    text = text_of(signed_in.get(SEALS))

    at = timezone.localtime(datetime.now(UTC).replace(hour=3, minute=30))
    assert f"Every day at {at:%H:%M} all seals and the rows of the last two days" in text
    assert "manage.py verify_audit" in text
    assert "Verify now" in text


@pytest.mark.committed
def test_verification_asked_for_is_done_by_the_worker_and_its_result_shown(
    signed_in, officer, queue
):
    answer = signed_in.post(VERIFY, follow=True)

    asked = newest(action=Action.TRAIL_VERIFICATION_ASKED)
    assert (asked.actor_id, asked.outcome, asked.basis) == (officer.pk, "SUCCESS", "ROLE")
    assert (queue, answer.redirect_chain) == (["verify"], [(SEALS, 302)])
    assert "Cora Hale asked for it at" in text_of(answer)
    assert 'type="submit" disabled' in answer.content.decode()
    assert signed_in.get(SEALS, headers={"HX-Request": "true"}).status_code == 204

    tasks.verify_recent()

    assert newest(action=Action.TRAIL_VERIFIED).outcome == "SUCCESS"
    polled = signed_in.get(SEALS, headers={"HX-Request": "true"})
    assert (polled.status_code, polled["HX-Refresh"]) == (200, "true")
    text = text_of(signed_in.get(SEALS))
    assert ("Nothing is broken" in text, "asked for it at" in text) == (True, False)


def test_verification_found_broken_says_what_to_do(signed_in, as_system):
    events.record(action=Action.TRAIL_VERIFIED, outcome=Outcome.FAILED, detail={"broken": 2})

    text = text_of(signed_in.get(SEALS))

    assert "2 things found broken" in text
    assert "Tell the administrator: manage.py verify_audit names each." in text


def test_second_verification_is_refused_while_one_is_under_way(signed_in, queue):
    signed_in.post(VERIFY)

    answer = signed_in.post(VERIFY, follow=True)

    assert queue == ["verify"]
    assert "The log is being verified already" in text_of(answer)
    refusal = newest(action=Action.TRAIL_VERIFICATION_ASKED)
    assert (refusal.outcome, refusal.detail) == ("REFUSED", {"reason": "VERIFICATION_UNDER_WAY"})


def test_verification_that_no_worker_took_is_over_after_its_time(signed_in, queue, monkeypatch):
    signed_in.post(VERIFY)
    monkeypatch.setattr(verifications, "LONGEST", timedelta(0))

    assert "asked for it at" not in text_of(signed_in.get(SEALS))
    signed_in.post(VERIFY)
    assert queue == ["verify", "verify"]


def test_queue_that_is_down_leaves_nothing_asked_for(signed_in, monkeypatch):
    def broken():
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.verify_recent, "delay", broken)

    answer = signed_in.post(VERIFY, follow=True)

    assert "The worker cannot be reached just now" in text_of(answer)
    told = Event.objects.filter(action=Action.TRAIL_VERIFICATION_ASKED)
    assert list(told.values_list("outcome", "detail")) == [
        ("REFUSED", {"reason": "WORKER_UNREACHABLE"})
    ]


@pytest.mark.parametrize("role", ["CLERK", "SUPERVISOR", "PROVIDER", "ADMINISTRATOR"])
def test_only_compliance_verifies(client, make_user, queue, role):
    client.force_login(make_user("other", role))

    assert client.post(VERIFY).status_code == 403
    assert client.get(VERIFY).status_code == 405
    assert queue == []
