"""Which pages somebody was shown, read from the trail."""

import pytest

from audit import context
from audit.context import Origin
from audit.enums import Action, Basis, Outcome
from audit.selectors import shown
from audit.services import events

pytestmark = pytest.mark.django_db

ANA = Origin(7, "Ana Mills", "SUPERVISOR", "r-ana")
BO = Origin(8, "Bo Hale", "CLERK", "r-bo")
PATIENT, REQUEST = 5, 40


def submit(request_id=REQUEST, action=Action.REQUEST_SUBMITTED):
    with context.acting(BO):
        events.record(
            action=action, patient_id=PATIENT, subject_type="request", subject_id=request_id
        )


def show(page, *, origin=ANA, document=3, version=1, patient_id=PATIENT, **more):
    facts = {"action": Action.DOCUMENT_PAGE_VIEWED, "basis": Basis.UNIT} | more
    detail = {"version": version, "page": page} | facts.pop("detail", {})
    with context.acting(origin):
        events.record(
            patient_id=patient_id,
            subject_type="document",
            subject_id=document,
            detail=detail,
            **facts,
        )


def pages_shown():
    return shown.list_pages_shown(
        7,
        patient_id=PATIENT,
        after=Action.REQUEST_SUBMITTED,
        subject_type="request",
        subject_id=REQUEST,
    )


def test_each_page_is_named_once_with_its_document_and_version():
    submit()
    show(1)
    show(1)
    show(2, detail={"sharp": True})
    show(1, document=4, version=2)

    assert pages_shown() == {(3, 1, 1), (3, 1, 2), (4, 2, 1)}


@pytest.mark.parametrize(
    "other",
    [
        {"origin": BO},
        {"patient_id": 6},
        {"detail": {"thumbnail": True}},
        {"outcome": Outcome.REFUSED, "basis": Basis.NONE},
        {"action": Action.DOCUMENT_VIEWED},
        {"action": Action.DOCUMENT_PRINTED},
    ],
)
def test_what_others_saw_and_what_shows_no_page_is_left_out(other):
    submit()
    show(1, **other)

    assert pages_shown() == set()


def test_what_was_shown_before_the_last_submission_is_left_out():
    submit()
    show(1)
    submit()
    show(2)

    assert pages_shown() == {(3, 1, 2)}


@pytest.mark.parametrize("mark", [{"request_id": 41}, {"action": Action.REQUEST_RETURNED}])
def test_another_request_and_another_step_do_not_begin_it(mark):
    show(1)
    submit(**mark)
    show(2)

    assert pages_shown() == set()
    submit()
    show(3)
    submit(**mark)
    assert pages_shown() == {(3, 1, 3)}
