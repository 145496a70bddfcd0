"""Letting a request go, taking it over with a note, and what the former holder is told."""

import pytest

from requests_release.models import Comment, TakeoverNotice
from requests_release.services import marks
from tests.requests_release import factories
from tests.requests_release.marks.pages import NOTE, holder
from tests.requests_release.pages import page

pytestmark = pytest.mark.django_db


def test_letting_go_frees_the_request_at_once(as_clerk, prepared):
    as_clerk.get(page("request_items", prepared))

    response = as_clerk.post(page("request_let_go", prepared))

    assert response.url == page("request_detail", prepared)
    assert holder() is None


def test_nobody_lets_go_for_another(as_clerk, held):
    as_clerk.post(page("request_let_go", held))

    assert holder() == "Ana Ortiz"


def test_taking_over_asks_why_and_tells_who_had_it(as_clerk, clerk, held, other):
    shown = as_clerk.get(page("request_take_over", held)).content.decode()
    assert "Ana Ortiz is told that you took over, and why." in shown
    assert f'name="holder" value="{other.pk}"' in shown

    response = as_clerk.post(page("request_take_over", held), {"holder": other.pk, "note": NOTE})

    assert response.url == page("request_detail", held)
    assert holder() == "Rosa Delgado"
    comment = Comment.objects.get()
    assert (comment.text, comment.took_over_from) == (NOTE, other)
    body = as_clerk.get(page("request_detail", held)).content.decode()
    assert "<strong>Rosa Delgado</strong> took it over from Ana Ortiz" in body
    assert "took this over from you" not in body


@pytest.mark.parametrize("note", ["", "urgent", "I must"])
def test_a_note_of_too_few_words_is_said_beside_the_field(as_clerk, held, other, note):
    response = as_clerk.post(page("request_take_over", held), {"holder": other.pk, "note": note})

    body = response.content.decode()
    assert response.status_code == 422
    assert "Say why in a few words: the note is told to who works on it now." in body
    assert f"{note}</textarea>" in body
    assert holder() == "Ana Ortiz"


def test_what_a_third_person_holds_by_now_is_asked_anew_with_the_note_kept(
    as_clerk, unit, clerk, held, other
):
    third = factories.make_user("CLERK", unit=unit, display_name="Ben Ode")
    data = {"holder": other.pk, "note": NOTE}
    marks.take_over(actor=third, request_id=held.pk, holder_id=other.pk, note="Ana went home")

    response = as_clerk.post(page("request_take_over", held), data)

    body = response.content.decode()
    assert response.status_code == 409
    assert "Ben Ode has been working on this since" in body
    assert f'name="holder" value="{third.pk}"' in body
    assert f"{NOTE}</textarea>" in body
    assert holder() == "Ben Ode"
    as_clerk.post(page("request_take_over", held), data | {"holder": third.pk})
    assert holder() == "Rosa Delgado"


@pytest.mark.parametrize("role", ["COMPLIANCE", "CLERK"])
def test_who_may_not_work_on_it_reads_why_they_take_nothing_over(client, unit, submitted, role):
    supervisor = factories.make_user("SUPERVISOR", unit=unit)
    marks.take(actor=supervisor, request=submitted)
    client.force_login(factories.make_user(role, unit=unit))

    shown = client.get(page("request_take_over", submitted)).content.decode()
    response = client.post(
        page("request_take_over", submitted), {"holder": supervisor.pk, "note": NOTE}
    )

    assert "your role does not approve releases" in shown
    assert response.status_code == 403
    assert holder() == supervisor.display_name


def test_what_ended_meanwhile_is_simply_taken(as_clerk, held, other):
    marks.let_go(actor=other, request_id=held.pk)

    response = as_clerk.post(
        page("request_take_over", held), {"holder": other.pk, "note": NOTE}, follow=True
    )

    assert "no note was needed" in response.content.decode()
    assert holder() == "Rosa Delgado"
    assert not Comment.objects.exists()


def test_the_former_holder_is_told_on_every_page_and_reads_why_on_the_request(
    client, clerk, prepared, other
):
    client.force_login(clerk)
    client.get(page("request_items", prepared))
    marks.take_over(actor=other, request_id=prepared.pk, holder_id=clerk.pk, note=NOTE)

    [told] = client.get("/status/").json()["notices"]

    row = TakeoverNotice.objects.get()
    assert told == {
        "id": f"takeover-{row.pk}",
        "title": "Taken over from you",
        "text": f"Ana Ortiz has taken over request {prepared.number}, on which you worked, and "
        "says why.",
        "url": page("request_detail", prepared),
    }
    first = client.get(told["url"]).content.decode()
    assert "Ana Ortiz took this over from you" in first
    assert first.count(NOTE) == 2
    assert client.get("/status/").json()["notices"] == []
    assert "took this over from you" not in client.get(told["url"]).content.decode()
