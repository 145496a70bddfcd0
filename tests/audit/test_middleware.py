import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.test import RequestFactory

from audit import context, middleware
from audit.enums import Action, Outcome
from audit.errors import AuditUnavailable, Refused
from audit.models import Event, RowChange
from audit.services import events

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.audit.pages")]


@pytest.fixture
def signed_in(client, clerk):
    client.force_login(clerk)
    return client


def newest():
    return Event.objects.latest("id")


def test_event_of_a_request_says_who_from_where(signed_in, clerk):
    answer = signed_in.get("/look/", REMOTE_ADDR="192.0.2.7")

    event = newest()
    request_id = answer.headers["X-Request-ID"]
    assert answer.content.decode() == event.request_id == request_id
    assert (event.actor_id, event.actor_name, event.role) == (clerk.pk, "Ana Mills", "CLERK")
    assert event.client_address == "192.0.2.7"
    assert event.session_digest == events.digest("session", signed_in.session.session_key)
    assert len(request_id) == 32


def test_request_id_is_never_the_clients_choice(signed_in):
    answer = signed_in.get("/look/", headers={"X-Request-ID": "forged"})

    assert answer.headers["X-Request-ID"] != "forged"
    assert newest().request_id == answer.headers["X-Request-ID"]


def test_log_lines_carry_the_same_request_id(signed_in, caplog):
    answer = signed_in.get("/look/", headers={"X-Request-ID": "forged", "HX-Request": "true"})

    logged = {line.msg["request_id"] for line in caplog.records if isinstance(line.msg, dict)}
    assert logged == {answer.headers["X-Request-ID"]}


def test_each_request_has_an_id_of_its_own_and_leaves_no_origin(signed_in):
    ids = {signed_in.get("/look/").headers["X-Request-ID"] for _ in range(3)}

    assert len(ids) == 3
    assert context.has_origin() is False


@pytest.mark.goal("G-22")
def test_refusal_is_answered_and_recorded(signed_in, clerk):
    answer = signed_in.get("/fail/refused/")

    event = newest()
    assert answer.status_code == 403
    assert "Not this one." in answer.content.decode()
    assert (event.action, event.outcome, event.patient_id) == (
        Action.CHART_OPENED,
        Outcome.REFUSED,
        5,
    )
    assert (event.subject_type, event.subject_id, event.detail) == (
        "document",
        "3",
        {"reason": "NO_RELATION"},
    )
    assert (event.actor_id, event.request_id) == (clerk.pk, answer.headers["X-Request-ID"])


@pytest.mark.goal("G-22")
def test_refusal_survives_the_rollback_that_it_causes(signed_in, clerk):
    before = RowChange.objects.count()

    answer = signed_in.post("/write/")

    clerk.refresh_from_db()
    assert (answer.status_code, clerk.display_name) == (403, "Ana Mills")
    assert RowChange.objects.count() == before
    events_of_request = Event.objects.filter(request_id=answer.headers["X-Request-ID"])
    assert [(event.action, event.outcome) for event in events_of_request] == [
        (Action.USER_CHANGED, Outcome.REFUSED)
    ]


@pytest.mark.goal("G-04")
def test_hidden_page_answers_like_one_that_does_not_exist(signed_in):
    def body(path):
        answer = signed_in.get(path)
        text = answer.content.decode().replace(answer.headers["X-Request-ID"], "ID")
        text = re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="\w+"', "", text)
        text = re.sub(r"printed .+? by", "printed by", text)  # a minute may turn in between
        return answer.status_code, text.replace(path, "PATH")

    assert body("/fail/hidden/") == body("/no/such/page/")
    assert (newest().patient_id, newest().outcome) == (6, Outcome.REFUSED)


def test_fragment_is_answered_with_a_fragment(signed_in):
    answer = signed_in.get("/fail/stale/", headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert (answer.status_code, "Too late." in text, "<html" in text) == (409, True, False)


@pytest.mark.parametrize(
    "kind, status, code",
    [
        ("refused", 403, "NO_RELATION"),
        ("hidden", 404, "NOT_VISIBLE"),
        ("audit", 503, "UNAVAILABLE"),
    ],
)
def test_script_is_answered_with_json(signed_in, kind, status, code):
    answer = signed_in.get(f"/fail/{kind}/", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json()["error"]) == (status, code)
    assert answer.headers["X-Request-ID"]


@pytest.mark.goal("G-21")
@pytest.mark.parametrize("kind", ["audit", "operational", "interface"])
def test_store_that_is_down_is_answered_503_without_asking_it(
    signed_in, kind, django_assert_max_num_queries
):
    with django_assert_max_num_queries(3):  # session, user, and nothing of the page
        answer = signed_in.get(f"/fail/{kind}/")

    text = answer.content.decode()
    assert (answer.status_code, "Ana Mills" in text) == (503, False)
    assert answer.headers["X-Request-ID"] in text


def test_bug_is_left_to_others(signed_in):
    with pytest.raises(ZeroDivisionError):
        signed_in.get("/fail/bug/")


@pytest.mark.goal("G-21")
def test_refusal_that_cannot_be_recorded_is_answered_503(signed_in, monkeypatch):
    def broken(_refused):
        raise AuditUnavailable

    monkeypatch.setattr(events, "record_refusal", broken)

    answer = signed_in.get("/fail/refused/")

    assert (answer.status_code, "Not this one." in answer.content.decode()) == (503, False)


def test_view_with_permissions_lets_in_who_has_them_all(client, officer):
    client.force_login(officer)

    assert client.get("/guarded/").content == b"inside"
    assert client.post("/guarded/").content == b"inside"
    assert client.head("/guarded/").status_code == 200


def test_view_with_permissions_refuses_and_records_others(signed_in):
    answer = signed_in.get("/guarded/")

    event = newest()
    assert answer.status_code == 403
    assert (event.action, event.outcome, event.subject_type, event.subject_id) == (
        Action.PAGE_REQUESTED,
        Outcome.REFUSED,
        "route",
        "guarded",
    )
    assert event.detail == {
        "reason": "PERMISSION",
        "missing": ["audit.view_event", "audit.export_event"],
    }


@pytest.mark.parametrize(
    "method, path, allowed",
    [
        ("put", "/guarded/", "GET, HEAD, POST"),
        ("post", "/look/", "GET, HEAD"),
        ("get", "/write/", "POST"),
        ("head", "/write/", "POST"),
        ("options", "/look/", "GET, HEAD"),
    ],
)
def test_other_methods_are_refused_before_anything_else(signed_in, method, path, allowed):
    before = Event.objects.count()

    answer = getattr(signed_in, method)(path)

    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert Event.objects.count() == before


def test_decorator_tells_its_rule_to_tests():
    from tests.audit.pages import guarded, look

    assert guarded.required_permissions == ("audit.view_event", "audit.export_event")
    assert guarded.allowed_methods == ("GET", "HEAD", "POST")
    assert (look.required_permissions, look.allowed_methods) == ((), ("GET", "HEAD"))


@pytest.fixture
def bare():
    """A request of nobody."""
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.9")
    request.user, request.session = AnonymousUser(), SessionBase()
    return request


def test_stranger_has_a_name_and_a_role(bare):
    origin = middleware.origin_of_request(bare, "r1")

    assert origin == context.Origin(None, "anonymous", "ANONYMOUS", "r1", "", "10.0.0.9")


def test_refusal_outside_a_resolved_route_is_recorded(bare):
    from audit.http import missing_permission

    bare.resolver_match = None

    assert missing_permission(bare, ["x.y"]).subject_id == ""


def test_request_without_events_asks_nothing(bare, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = middleware.OriginMiddleware(lambda request: HttpResponse("x"))(bare)

    assert answer.headers["X-Request-ID"] == bare.META["HTTP_X_REQUEST_ID"]


def test_refusal_middleware_passes_answers_on(bare):
    answer = HttpResponse("x")

    assert middleware.RefusalMiddleware(lambda request: answer)(bare) is answer


@pytest.mark.parametrize(
    "proxies, address, forwarded, expected",
    [
        (0, "10.0.0.1", "8.8.8.8", "10.0.0.1"),
        (1, "10.0.0.1", "8.8.8.8", "8.8.8.8"),
        (1, "10.0.0.1", "1.1.1.1, 8.8.8.8", "8.8.8.8"),
        (2, "10.0.0.1", "6.6.6.6, 1.1.1.1, 8.8.8.8", "1.1.1.1"),
        (2, "10.0.0.1", "8.8.8.8", "10.0.0.1"),
        (1, "10.0.0.1", "", None),
        (1, "10.0.0.1", "rubbish", None),
        (0, "", "", None),
        (0, "2001:db8::0:1", "", "2001:db8::1"),
    ],
)
def test_client_address_trusts_as_many_proxies_as_there_are(
    settings, bare, proxies, address, forwarded, expected
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    bare.META |= {"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": forwarded}

    assert middleware.client_address(bare) == expected


def test_middleware_may_answer_a_refusal_itself(bare):
    with context.acting(context.system_origin()):
        answer = middleware.answer_refusal(
            bare, Refused("No.", action=Action.SIGNED_IN, reason="CLOSED")
        )

    assert (answer.status_code, newest().detail) == (403, {"reason": "CLOSED"})
