"""The line after a filing, a move and a voiding, and its way back."""

import html
import re
from datetime import datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from records.documents.models import Document, DocumentMove, UnfiledFile
from records.documents.services import corrections
from tests.records.documents.house import events_of
from tests.records.documents.views.test_unfiled import desk, form, text_of

pytestmark = pytest.mark.django_db


def undo_path(document):
    return reverse("documents:document_undo", args=[document.pk])


def view_path(document):
    return reverse("documents:document_view", args=[document.pk])


def way_back(page):
    """Where the line leads, and until when."""
    found = re.search(
        r'<form method="post" action="([^"]+)" data-timed>.*?data-countdown datetime="([^"]+)"',
        page,
        re.S,
    )
    return found and (found[1], datetime.fromisoformat(html.unescape(found[2])))


def test_line_after_filing_offers_the_way_back_for_five_minutes(house, at):
    first, second = house.received("First"), house.received("Second")

    page = text_of(at(house.clerk).post(desk(first), form(house.patient), follow=True))

    document = Document.objects.get()
    assert "Filed to MUÑOZ, Rosa" in page
    assert way_back(page) == (undo_path(document), document.filed_at + timedelta(minutes=5))
    assert way_back(text_of(at(house.clerk).get(desk(second)))) is None


def test_undone_filing_shows_the_file_again_at_its_desk(house, at):
    client = at(house.clerk)
    client.post(desk(house.received("First")), form(house.patient))
    document = Document.objects.get()

    answer = client.post(undo_path(document), follow=True)

    row = UnfiledFile.objects.get(status="WAITING")
    assert answer.redirect_chain == [(desk(row), 302)]
    assert "The filing is undone: the file waits again." in text_of(answer)


def test_undone_upload_leads_to_the_chart(house, at):
    document = house.filed(actor=house.clerk)

    answer = at(house.clerk).post(undo_path(document), follow=True)

    assert answer.redirect_chain == [(reverse("charts:chart_detail", args=[house.patient.pk]), 302)]
    assert "The filing is undone: the document is voided." in text_of(answer)


@pytest.mark.parametrize("who, status", [("clerk", 302), ("supervisor", 403), ("outsider", 403)])
def test_filing_is_taken_back_by_who_did_it(house, at, who, status):
    document = house.filed(actor=house.clerk)

    answer = at(getattr(house, who)).post(undo_path(document))

    assert answer.status_code == status
    is_voided = Document.objects.get().status == "VOIDED"
    assert is_voided == (status == 302)
    assert len(events_of("DOCUMENT_VOIDED", outcome="SUCCESS")) == is_voided


def test_undoing_too_late_or_twice_says_what_to_do(house, at):
    late, twice = house.filed("A", actor=house.clerk), house.filed("B", actor=house.clerk)
    client = at(house.clerk)
    client.post(undo_path(twice))

    again = client.post(undo_path(twice))
    with time_machine.travel(late.filed_at + timedelta(minutes=6), tick=False):
        too_late = at(house.clerk).post(undo_path(late))

    assert [again.status_code, too_late.status_code] == [409, 409]
    assert "Somebody changed this document" in text_of(again)
    assert "The time to undo this is over." in text_of(too_late)
    assert Document.objects.get(pk=late.pk).status == "CURRENT"


def test_undoing_goes_by_post_alone(house, at):
    document = house.filed(actor=house.clerk)

    assert at(house.clerk).get(undo_path(document)).status_code == 405


def test_line_after_a_move_leads_back_to_the_chart_it_came_from(house, at):
    document, client = house.filed(), at(house.clerk)
    values = {"to_patient": house.other.pk, "to_encounter": "", "reason": "Hers", "lock_version": 1}
    page = client.post(reverse("documents:document_move", args=[document.pk]), values, follow=True)

    move = DocumentMove.objects.get()
    path = reverse("documents:document_undo_move", args=[document.pk, move.pk])
    assert "Moved to OKAFOR, Ada" in text_of(page)
    assert way_back(text_of(page)) == (path, move.moved_at + timedelta(minutes=5))

    answer = client.post(path, follow=True)

    assert answer.redirect_chain == [(view_path(document), 302)]
    assert "The move is undone: the document is back in this chart." in text_of(answer)
    assert "MUÑOZ, Rosa" in text_of(answer)
    assert "took the move back" in text_of(answer)
    assert way_back(text_of(answer)) is None


def test_line_after_a_voiding_leads_back_into_use(house, at):
    document, client = house.filed(), at(house.supervisor)
    page = client.post(
        reverse("documents:document_void", args=[document.pk]),
        {"reason": "By mistake", "lock_version": 1},
        follow=True,
    )

    document.refresh_from_db()
    path = reverse("documents:document_undo_voiding", args=[document.pk])
    assert way_back(text_of(page)) == (path, document.voided_at + timedelta(minutes=5))

    answer = client.post(path, follow=True)

    assert answer.redirect_chain == [(view_path(document), 302)]
    assert "The voiding is undone: the document is in use again." in text_of(answer)
    document.refresh_from_db()
    assert document.status == "CURRENT"


def test_a_voiding_undone_twice_says_that_the_document_changed(house, at):
    document = house.filed()
    corrections.void(
        actor=house.supervisor, document_id=document.pk, lock_version=1, reason="By mistake"
    )
    path = reverse("documents:document_undo_voiding", args=[document.pk])

    answers = [at(house.supervisor).post(path) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert "Somebody changed this document" in text_of(answers[1])
