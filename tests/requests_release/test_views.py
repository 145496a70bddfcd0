"""Every page of the release room: who may, and that looking is recorded."""

import pytest
from django.urls import reverse

from audit.enums import Action
from tests.requests_release import factories
from tests.requests_release.events import last_event
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


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
