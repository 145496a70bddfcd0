"""A step of somebody without the mark is asked about once."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from requests_release.models import Mark, RequestItem
from requests_release.services import marks
from tests.requests_release import builders, factories
from tests.requests_release.events import last_event
from tests.requests_release.marks.pages import (
    LINE,
    holder,
    line_of,
    mark_in,
)
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


FORMS = {
    "items": ("request_items", {}, {}),
    "sensitive": ("request_sensitive", {}, {"is_emergency": "on"}),
    "submit": ("request_submit", {}, {}),
    "hold": (
        "request_step",
        {"step": "hold"},
        {"wait_reason": "CLARIFICATION", "note": "Which stay is meant?"},
    ),
    "withdraw": ("request_step", {"step": "withdraw"}, {"reason": "They called"}),
}
KEPT = {
    "items": 'value="1-2"',
    "sensitive": 'name="is_emergency" class="form-check-input" id="id_is_emergency" checked',
    "submit": "Submit for approval",
    "hold": 'value="Which stay is meant?"',
    "withdraw": "They called</textarea>",
}


def data_of(name, asked, document):
    data = FORMS[name][2] | {"version": builders.fresh(asked).version}
    if name == "items":
        data |= {"document": [document.pk], f"pages-{document.pk}": "1-2"}
    return data


@pytest.mark.parametrize("name", FORMS)
def test_a_step_without_the_mark_is_asked_about_once_and_nothing_typed_is_lost(
    as_clerk, approver, held, document, name
):
    route, more, _ = FORMS[name]
    data = data_of(name, held, document)
    before = builders.fresh(held).version

    response = as_clerk.post(page(route, held, **more), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert "Ana Ortiz has been working on this since" in html.unescape(body)
    assert "Nothing is saved yet" in body
    assert KEPT[name] in body
    assert 'target="_blank"' in LINE.search(body)[1]
    assert builders.fresh(held).version == before
    event = last_event()
    assert (event["outcome"], event["detail"]["reason"]) == ("REFUSED", "WORKED_ON")
    assert event["subject_id"] == str(held.pk)

    again = as_clerk.post(page(route, held, **more), data | {"mark": mark_in(response)})

    assert again.status_code == 302
    assert builders.fresh(held).version == before + 1


def test_who_was_told_of_one_mark_is_told_of_the_next(as_clerk, unit, held, document, other):
    data = data_of("items", held, document)
    first = as_clerk.post(page("request_items", held), data)
    marks.let_go(actor=other, request_id=held.pk)
    third = factories.make_user("CLERK", unit=unit, display_name="Ben Ode")
    marks.take(actor=third, request=held)

    second = as_clerk.post(page("request_items", held), data | {"mark": mark_in(first)})

    assert second.status_code == 409
    assert "Ben Ode has been working on this since" in second.content.decode()


@pytest.mark.parametrize("end", ["let go", "stale"])
def test_once_the_mark_has_ended_nobody_is_asked(as_clerk, held, document, other, end):
    if end == "let go":
        marks.let_go(actor=other, request_id=held.pk)
    else:
        past = timezone.now() - timedelta(minutes=15)
        Mark.objects.update(since=past, heard_at=past)

    response = as_clerk.post(page("request_items", held), data_of("items", held, document))

    assert response.status_code == 302
    assert RequestItem.objects.get().pages == [1, 2]


def test_the_holder_is_not_asked(as_clerk, prepared, document):
    as_clerk.get(page("request_items", prepared))

    response = as_clerk.post(page("request_items", prepared), data_of("items", prepared, document))

    assert response.status_code == 302


def test_the_version_guards_what_is_sent_on_top_as_before(as_clerk, held, document, other):
    data = data_of("items", held, document) | {"version": 1}
    told = as_clerk.post(page("request_items", held), data)

    response = as_clerk.post(page("request_items", held), data | {"mark": mark_in(told)})

    assert response.status_code == 409
    assert "Not saved: the request changed while you worked" in response.content.decode()
    assert last_event()["detail"]["reason"] == "REQUEST_CHANGED"


def test_a_decision_without_the_mark_keeps_ticks_and_words(
    client, unit, submitted, approver, document
):
    second = factories.make_user("SUPERVISOR", unit=unit, display_name="Ana Ortiz")
    marks.take(actor=second, request=submitted)
    client.force_login(approver)
    item = submitted.items.get()
    data = {
        "version": submitted.version,
        "decision": "return",
        "comment": "Page 2 is of another stay",
        "seen": [f"{item.pk}-1"],
    }

    response = client.post(page("request_approve", submitted), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert f'value="{item.pk}-1" checked' in body
    assert "Page 2 is of another stay" in body
    assert builders.fresh(submitted).status == "SUBMITTED"
    again = client.post(page("request_approve", submitted), data | {"mark": mark_in(response)})
    assert again.status_code == 302
    assert builders.fresh(submitted).status == "RETURNED"


def test_delivering_asks_too(as_clerk, ready, other):
    marks.take(actor=other, request=ready)
    data = {
        "way": "hand",
        "hand-version": ready.version,
        "hand-method": "MAIL",
        "hand-handed_on": timezone.localdate().isoformat(),
    }

    response = as_clerk.post(page("request_deliver", ready), data)

    assert response.status_code == 409
    told = re.search(r'name="hand-mark" value="([^"]+)"', response.content.decode())[1]
    again = as_clerk.post(page("request_deliver", ready), data | {"hand-mark": told})
    assert again.status_code == 302


def test_where_nobody_else_works_on_it_there_is_nothing_to_take_over(as_clerk, prepared):
    response = as_clerk.get(page("request_take_over", prepared))

    body = response.content.decode()
    assert "Nobody else is working on this request now." in body
    assert (line_of(response), holder()) == (None, None)
