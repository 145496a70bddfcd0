"""The mark of who works on a request: taken, kept, let go, gone stale, taken over."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from audit.enums import Action
from audit.errors import Refused
from audit.models import RowChange
from requests_release.enums import RequestStatus, WaitReason
from requests_release.models import Comment, Mark, RequestStatusChange, TakeoverNotice
from requests_release.selectors import marks as selectors
from requests_release.services import approvals, assignments, downloads, marks, stages
from requests_release.services import requests as services
from tests.requests_release import builders, factories
from tests.requests_release.events import events_of, last_event

pytestmark = pytest.mark.django_db
S = RequestStatus
NOTE = "Needed before noon"
STALE = timedelta(minutes=15)


def holder_of(request):
    held = selectors.get_held(request.pk)
    return held.name if held else None


def take_over(request, actor, holder, note=NOTE):
    return marks.take_over(
        actor=actor, request_id=request.pk, holder_id=holder.pk if holder else 0, note=note
    )


def test_whoever_takes_a_free_mark_holds_it_and_the_request_stays_as_it_was(prepared, clerk):
    version = builders.fresh(prepared).version
    before = (len(events_of()), RowChange.objects.count())

    held = marks.take(actor=clerk, request=prepared)

    assert (held.person_id, held.name) == (clerk.pk, "Rosa Delgado")
    assert holder_of(prepared) == "Rosa Delgado"
    assert builders.fresh(prepared).version == version
    assert (len(events_of()), RowChange.objects.count()) == before


def test_the_holder_is_heard_of_again_and_holds_it_since_the_first_time(prepared, clerk):
    now = timezone.now()
    marks.take(actor=clerk, request=prepared, now=now)

    held = marks.take(actor=clerk, request=prepared, now=now + timedelta(minutes=5))

    assert held.since == now
    assert Mark.objects.get().heard_at == now + timedelta(minutes=5)


def test_a_page_that_comes_late_takes_no_time_back(prepared, clerk):
    now = timezone.now()
    marks.take(actor=clerk, request=prepared, now=now + timedelta(seconds=5))

    marks.take(actor=clerk, request=prepared, now=now)

    assert Mark.objects.get().heard_at == now + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("later", "minutes", "name"),
    [
        (timedelta(), 15, "Rosa Delgado"),
        (STALE - timedelta(seconds=1), 15, "Rosa Delgado"),
        (STALE, 15, "Ana Ortiz"),
        (STALE, 16, "Rosa Delgado"),
        (timedelta(minutes=2), 2, "Ana Ortiz"),
    ],
)
def test_another_takes_it_only_once_its_holder_was_not_heard_of_for_the_set_time(
    prepared, clerk, other, settings, later, minutes, name
):
    settings.RELEASE_MARK_MINUTES = minutes
    now = timezone.now()
    marks.take(actor=clerk, request=prepared, now=now)

    held = marks.take(actor=other, request=prepared, now=now + later)

    mark = Mark.objects.select_related("person").get()
    assert (held.name, mark.person.display_name) == (name, name)
    assert held.since == mark.since == (now if name == "Rosa Delgado" else now + later)


def test_a_stale_mark_that_its_own_holder_takes_up_again_begins_anew(prepared, clerk):
    now = timezone.now()
    marks.take(actor=clerk, request=prepared, now=now)

    assert marks.take(actor=clerk, request=prepared, now=now + STALE).since == now + STALE


def test_a_stale_mark_is_shown_to_nobody(prepared, clerk):
    now = timezone.now()
    marks.take(actor=clerk, request=prepared, now=now)

    with time_machine.travel(now + STALE, tick=False):
        assert selectors.get_held(prepared.pk) is None


@pytest.mark.parametrize(
    ("later", "is_kept"), [(timedelta(minutes=14), True), (STALE, False), (timedelta(), False)]
)
def test_only_a_mark_that_holds_is_kept(prepared, clerk, later, is_kept):
    now = timezone.now()
    marks.take(actor=clerk, request=prepared, now=now)

    marks.keep(actor=clerk, request_id=prepared.pk, now=now + later)

    assert Mark.objects.get().heard_at == (now + later if is_kept else now)


def test_nobody_keeps_or_lets_go_what_another_holds(prepared, clerk, other):
    now = timezone.now()
    marks.take(actor=clerk, request=prepared, now=now)

    marks.keep(actor=other, request_id=prepared.pk, now=now + timedelta(minutes=1))
    marks.let_go(actor=other, request_id=prepared.pk)

    mark = Mark.objects.get()
    assert (mark.person, mark.heard_at) == (clerk, now)


def test_one_lets_go_of_ones_own_mark(prepared, clerk):
    marks.take(actor=clerk, request=prepared)

    marks.let_go(actor=clerk, request_id=prepared.pk)
    marks.let_go(actor=clerk, request_id=prepared.pk)

    assert holder_of(prepared) is None


def test_who_has_no_ground_to_the_chart_lets_nothing_go(prepared, outsider):
    marks.take(actor=outsider, request=prepared)

    for request_id, reason in ((prepared.pk, "NO_GROUND"), (987_654_321, "REQUEST_UNKNOWN")):
        with pytest.raises(Refused) as refused:
            marks.let_go(actor=outsider, request_id=request_id)
        assert refused.value.reason == reason

    assert holder_of(prepared) == "Out Sider"


# --- what ends it -----------------------------------------------------------------------------


def _values(request, actor):
    version = builders.fresh(request).version
    return {"actor": actor, "request_id": request.pk, "version": version}


STEPS = {
    "submit": lambda r, c, a: builders.submit(r, c),
    "hold": lambda r, c, a: stages.put_on_hold(
        **_values(r, c), wait_reason=WaitReason.CLARIFICATION, note=""
    ),
    "withdraw": lambda r, c, a: stages.withdraw(**_values(r, c), reason="They called"),
    "assign": lambda r, c, a: assignments.assign(**_values(r, a), person=c),
}
DECISIONS = {
    "approve": lambda r, c, a: builders.approve(r, a),
    "return": lambda r, c, a: approvals.give_back(**_values(r, a), comment="Page 2 is hers"),
    "deny": lambda r, c, a: approvals.deny(**_values(r, a), comment="Not hers to see"),
    "take back": lambda r, c, a: builders.take(r, c),
}


@pytest.mark.parametrize("step", [*STEPS, *DECISIONS])
def test_the_next_step_ends_the_mark_whoever_holds_it(request, clerk, approver, other, step):
    is_decided = step in DECISIONS
    asked = request.getfixturevalue("submitted" if is_decided else "prepared")
    marks.take(actor=other, request=asked)

    (DECISIONS if is_decided else STEPS)[step](asked, clerk, approver)

    assert not Mark.objects.exists()


def test_saving_what_is_prepared_keeps_the_mark(prepared, clerk, document):
    marks.take(actor=clerk, request=prepared)

    builders.choose(prepared, clerk, document)
    services.comment(actor=clerk, request_id=prepared.pk, text="Asked for the stay of May")

    assert holder_of(prepared) == "Rosa Delgado"


def test_the_machine_and_the_recipient_go_on_without_a_mark(ready, link, clerk):
    downloads.download(token=link.token, passcode=link.passcode)

    assert builders.fresh(ready).status == S.DELIVERED
    assert not Mark.objects.exists()


# --- taking over ------------------------------------------------------------------------------


def test_taking_over_passes_the_mark_on_and_tells_why(prepared, clerk, other):
    version = builders.fresh(prepared).version
    marks.take(actor=clerk, request=prepared)

    take_over(prepared, other, clerk, note=f"  {NOTE} ")

    comment = Comment.objects.get()
    event = last_event(Action.REQUEST_TAKEN_OVER)
    assert holder_of(prepared) == "Ana Ortiz"
    assert (comment.text, comment.made_by, comment.took_over_from) == (NOTE, other, clerk)
    assert (comment.notice.person, comment.notice.seen_at) == (clerk, None)
    assert (event["actor_name"], event["outcome"]) == ("Ana Ortiz", "SUCCESS")
    assert (event["patient_id"], event["subject_id"]) == (prepared.patient_id, str(prepared.pk))
    assert event["detail"] == {
        "person": other.pk,
        "person_before": clerk.pk,
        "comment": comment.pk,
    }
    assert builders.fresh(prepared).version == version
    tables = RowChange.objects.order_by("-id").values_list("table_name", flat=True)[:2]
    assert set(tables) == {"requests_release_comment", "requests_release_takeovernotice"}


@pytest.mark.parametrize("end", ["let go", "stale", "own"])
def test_where_nobody_else_holds_it_there_is_nothing_to_take_over(prepared, clerk, other, end):
    now = timezone.now()
    if end == "stale":
        marks.take(actor=clerk, request=prepared, now=now - STALE)
    if end == "own":
        marks.take(actor=other, request=prepared, now=now)

    assert take_over(prepared, other, clerk) is None

    assert holder_of(prepared) == "Ana Ortiz"
    assert not Comment.objects.exists()
    assert not events_of(Action.REQUEST_TAKEN_OVER)


def nothing_was_taken_over(request, holder):
    return (
        holder_of(request) == holder.display_name
        and not Comment.objects.exists()
        and not TakeoverNotice.objects.exists()
        and not events_of(Action.REQUEST_TAKEN_OVER, "SUCCESS")
    )


@pytest.mark.parametrize("note", ["", "ok", "because urgent", ". . . ."])
def test_a_takeover_without_a_few_words_is_refused(prepared, clerk, other, note):
    marks.take(actor=clerk, request=prepared)

    with pytest.raises(Refused) as refused:
        take_over(prepared, other, clerk, note)

    assert refused.value.reason == "NOTE_TOO_SHORT"
    assert nothing_was_taken_over(prepared, clerk)


def test_what_a_third_person_took_meanwhile_is_not_taken_from_them_unawares(
    unit, prepared, clerk, other
):
    third = factories.make_user("CLERK", unit=unit)
    marks.take(actor=other, request=prepared)

    with pytest.raises(Refused, match="Ana Ortiz has been working on this since") as refused:
        take_over(prepared, third, clerk)

    assert refused.value.reason == "MARK_ELSEWHERE"
    assert nothing_was_taken_over(prepared, other)


# Who may take over in which status; with somebody who took part in preparing, and somebody far off.
MAY = {
    ("prepared", "CLERK"): None,
    ("prepared", "SUPERVISOR"): None,
    ("prepared", "COMPLIANCE"): "STEP_NOT_YOURS",
    ("prepared", "PROVIDER"): "STEP_NOT_YOURS",
    ("prepared", "ADMINISTRATOR"): "CHART_UNKNOWN",
    ("prepared", "far away"): "NO_GROUND",
    ("submitted", "CLERK"): "STEP_NOT_YOURS",
    ("submitted", "SUPERVISOR"): None,
    ("submitted", "COMPLIANCE"): "STEP_NOT_YOURS",
    ("submitted", "preparer"): "OWN_PREPARATION",
    ("approved", "CLERK"): "NOT_WORKED_ON",
    ("approved", "SUPERVISOR"): "NOT_WORKED_ON",
}


@pytest.mark.parametrize(("state", "who"), MAY)
def test_who_may_take_over(unit, patient, clerk, approver, document, outsider, state, who):
    builder = {"prepared": builders.prepared, "submitted": builders.submitted}.get(state)
    asked = (
        builder(patient, clerk, document)
        if builder
        else builders.approved(patient, clerk, approver, document)
    )
    named = {"far away": outsider, "preparer": clerk}
    actor = named.get(who) or factories.make_user(who, unit=unit)
    holder = factories.make_user("SUPERVISOR", unit=unit)
    marks.take(actor=holder, request=asked)
    reason = MAY[state, who]

    if reason is None:
        assert take_over(asked, actor, holder).made_by == actor
        return
    with pytest.raises(Refused) as refused:
        take_over(asked, actor, holder)
    assert refused.value.reason == reason
    assert nothing_was_taken_over(asked, holder)


def test_taking_over_is_no_step_and_makes_nobody_a_preparer(submitted, unit, approver):
    second = factories.make_user("SUPERVISOR", unit=unit)
    marks.take(actor=approver, request=submitted)
    before = RequestStatusChange.objects.count()

    take_over(submitted, second, approver)

    assert RequestStatusChange.objects.count() == before
    assert builders.fresh(submitted).status == S.SUBMITTED
    assert not submitted.preparers.filter(person=second).exists()


def test_a_former_holder_is_told_until_they_have_looked(prepared, clerk, other):
    marks.take(actor=clerk, request=prepared)
    comment = take_over(prepared, other, clerk)
    assert [row.comment for row in selectors.list_unseen(clerk)] == [comment]
    assert selectors.list_told([comment], other) == []

    marks.note_seen(actor=other, comments=[comment])
    assert selectors.list_unseen(clerk).count() == 1
    marks.note_seen(actor=clerk, comments=[comment])

    assert not selectors.list_unseen(clerk).exists()
    assert TakeoverNotice.objects.get().seen_at is not None
