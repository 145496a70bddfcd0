"""Where copies went that nobody came for."""

import pytest
from django.utils import timezone

from audit.enums import Action
from requests_release.errors import NotReady
from requests_release.models import Disclosure
from requests_release.services.requesters import RequesterFacts
from tests.requests_release import builders
from tests.requests_release.events import events_of
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db
NOWHERE = RequesterFacts(kind="COURT", name="Superior Court")
MAILED = "Enter the address to which they were mailed."


@pytest.fixture
def homeless(patient, clerk, approver, stored):
    """A request ready to deliver, whose recipient has no address."""
    return builders.ready(patient, clerk, approver, stored, requester=NOWHERE)


def sent(request, **changes):
    return {
        "way": "hand",
        "hand-version": request.version,
        "hand-method": "MAIL",
        "hand-handed_on": f"{timezone.localdate():%m/%d/%Y}",
        "hand-tracking_note": "RR 123",
    } | changes


def test_mailed_to_nobody_knows_where_is_asked_about_beside_the_field(as_clerk, homeless):
    answer = as_clerk.post(page("request_deliver", homeless), sent(homeless))

    body = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["hand_form"].errors == {"sent_to": [MAILED]}
    assert MAILED in body
    assert "RR 123" in body
    assert builders.fresh(homeless).status == "READY"


def test_where_they_went_stands_in_the_disclosure(as_clerk, homeless):
    data = sent(homeless, **{"hand-sent_to": "205 Newbury Street\r\nPortland"})

    as_clerk.post(page("request_deliver", homeless), data)

    told = Disclosure.objects.get()
    assert (told.recipient_name, told.recipient_address) == (
        "Superior Court",
        "205 Newbury Street\nPortland",
    )


def test_who_came_for_the_copies_has_no_need_of_an_address(as_clerk, homeless):
    as_clerk.post(page("request_deliver", homeless), sent(homeless, **{"hand-method": "PICKUP"}))

    assert Disclosure.objects.get().recipient_address == ""


def test_an_address_on_the_request_is_the_one_that_is_written(as_clerk, ready):
    shown = as_clerk.get(page("request_deliver", ready)).content.decode()
    as_clerk.post(page("request_deliver", ready), sent(ready, **{"hand-sent_to": "Elsewhere 1"}))

    assert "To Superior Court, 205 Newbury Street, Portland" in shown
    assert "Address or number they went to" not in shown
    assert Disclosure.objects.get().recipient_address == "205 Newbury Street, Portland"


def test_the_service_itself_refuses_and_writes_nothing(clerk, homeless):
    with pytest.raises(NotReady) as refused:
        builders.hand_over(homeless, clerk, method="FAX")

    assert refused.value.beside == {"sent_to": "Enter the number to which they were faxed."}
    assert Disclosure.objects.count() == 0
    assert events_of(Action.PACKAGE_DELIVERED) == []
