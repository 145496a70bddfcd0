"""Emergency access: a reason, a time, its events, its review, and what it may not do."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from accounts.selectors.users import get_system_user
from audit import context
from audit.enums import Action, Basis, Outcome
from records.access import tasks
from records.access.enums import ReviewOutcome
from records.access.errors import (
    ChartDestroyed,
    ChartRefused,
    ChartUnknown,
    GlassAlreadyReviewed,
    GlassNotNeeded,
    GlassReviewOverdue,
    GlassStillOpen,
    OwnGlassReview,
)
from records.access.models import BrokenGlass
from records.access.selectors import glass as selectors
from records.access.services import charts, glass, opening, rights
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.records.access.services.emergencies import REASON, break_it, broken_ago, review
from tests.trail import count_events, events_of

EMERGENCY = {"NORMAL", "HIV", "STI", "MH", "GENETIC", "MINOR_CONSENTED", "REPRO", "SUD_P2"}
GLASS = (Action.GLASS_BROKEN, Action.GLASS_CLOSED, Action.GLASS_REVIEWED)


def basis_of(user, patient):
    return opening.find_ground(actor=again(user), patient_id=patient.pk).basis


@pytest.mark.goal("G-11")
def test_breaking_opens_the_chart_for_an_hour_with_an_event(house, patient):
    row = break_it(house.stranger, patient)

    scope = opening.open_chart(actor=again(house.stranger), patient_id=patient.pk)
    assert (scope.basis, scope.glass_id, scope.classes) == (Basis.BROKEN_GLASS, row.pk, EMERGENCY)
    assert row.ends_at - row.started_at == timedelta(minutes=60)
    (event,) = events_of(*GLASS)
    assert (
        event.action,
        event.outcome,
        event.actor_id,
        event.patient_id,
        event.basis,
        event.purpose,
        event.subject_type,
        event.subject_id,
        event.detail,
    ) == (
        Action.GLASS_BROKEN,
        Outcome.SUCCESS,
        house.stranger.pk,
        patient.pk,
        "BROKEN_GLASS",
        "EMERGENCY",
        "glass",
        str(row.pk),
        {"told": [house.supervisor.pk, house.compliance.pk]},
    )


def test_reason_stands_in_the_row_and_never_in_the_trail(house, patient):
    row = break_it(house.stranger, patient, "Freda O'Connell seizing in bay three")

    assert row.reason == "Freda O'Connell seizing in bay three"
    assert not [event for event in events_of(*GLASS) if "Freda" in str(vars(event))]


def test_emergency_access_opens_one_chart_to_one_person(house, patient):
    other = make_patient(house.main, actor=house.clerk)

    break_it(house.stranger, patient)

    assert basis_of(house.stranger, other) is None
    assert basis_of(house.provider, patient) is None


@pytest.mark.parametrize("minutes", [1, 30, 60])
def test_length_is_a_setting(house, patient, settings, minutes):
    settings.BREAK_GLASS_MINUTES = minutes

    row = break_it(house.stranger, patient)

    assert row.ends_at - row.started_at == timedelta(minutes=minutes)


@pytest.mark.goal("G-11")
def test_access_ends_by_itself_before_any_clock_has_turned(house, patient):
    with time_machine.travel(timezone.now() - timedelta(minutes=61), tick=False):
        row = break_it(house.stranger, patient)

    assert row.closed_at is None
    assert basis_of(house.stranger, patient) is None


def test_clock_closes_what_is_over_once_on_behalf_of_the_person(house, patient):
    still_open = break_it(house.provider, patient)
    with time_machine.travel(timezone.now() - timedelta(minutes=61), tick=False):
        over = break_it(house.stranger, patient)

    counts = [glass.close_expired(), glass.close_expired()]

    assert counts == [1, 0]
    over.refresh_from_db()
    still_open.refresh_from_db()
    assert over.closed_at is not None
    assert still_open.closed_at is None
    (event,) = events_of(Action.GLASS_CLOSED)
    assert (event.actor_id, event.on_behalf_of_id, event.patient_id, event.subject_id) == (
        get_system_user().pk,
        house.stranger.pk,
        patient.pk,
        str(over.pk),
    )


def test_task_of_the_clock_closes(house, patient):
    with time_machine.travel(timezone.now() - timedelta(minutes=61), tick=False):
        row = break_it(house.stranger, patient)

    tasks.close_expired_glass()

    row.refresh_from_db()
    assert row.closed_at is not None


def test_person_ends_it_before_its_time_once(house, patient):
    row = break_it(house.stranger, patient)

    glass.close(actor=house.stranger, glass_id=row.pk)
    glass.close(actor=house.stranger, glass_id=row.pk)

    assert basis_of(house.stranger, patient) is None
    assert [event.actor_id for event in events_of(Action.GLASS_CLOSED)] == [house.stranger.pk]


def test_nobody_ends_anothers_access(house, patient):
    row = break_it(house.stranger, patient)

    with pytest.raises(BrokenGlass.DoesNotExist):
        glass.close(actor=house.clerk, glass_id=row.pk)

    assert basis_of(house.stranger, patient) == Basis.BROKEN_GLASS


def test_it_can_be_broken_again_after_it_ended(house, patient):
    with time_machine.travel(timezone.now() - timedelta(minutes=61), tick=False):
        first = break_it(house.stranger, patient)

    second = break_it(house.stranger, patient)

    first.refresh_from_db()
    assert (first.closed_at is not None, second.pk != first.pk) == (True, True)
    assert [event.action for event in events_of(*GLASS)] == [
        Action.GLASS_BROKEN,
        Action.GLASS_CLOSED,
        Action.GLASS_BROKEN,
    ]


REFUSALS = {
    "in-units": (lambda h, p: h.clerk, GlassNotNeeded, 409),
    "already-open": (lambda h, p: break_it(h.stranger, p) and h.stranger, GlassNotNeeded, 409),
    "compliance": (lambda h, p: make_user(Role.COMPLIANCE), ChartRefused, 403),
    "administrator": (lambda h, p: h.administrator, ChartRefused, 403),
    "no-role": (lambda h, p: make_user(), ChartRefused, 403),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_break_that_may_not_be_is_refused_and_writes_nothing(house, patient, case):
    find, error, status = REFUSALS[case]
    user = find(house, patient)
    before = count_events(), BrokenGlass.objects.count()

    with pytest.raises(error) as refused:
        break_it(user, patient)

    assert (refused.value.status, refused.value.patient_id) == (status, patient.pk)
    assert refused.value.action == Action.GLASS_BROKEN
    assert (count_events(), BrokenGlass.objects.count()) == before


def test_there_is_no_glass_to_break_before_a_destroyed_chart(house, patient):
    charts.mark_destroyed(actor=house.compliance, chart_id=patient.pk)

    with pytest.raises(ChartDestroyed) as refused:
        break_it(house.stranger, patient)

    assert refused.value.action == Action.GLASS_BROKEN
    assert BrokenGlass.objects.count() == 0


def test_glass_does_not_reveal_what_one_may_not_know_of(house):
    keeper = make_user(Role.CLERK, unit=house.programme)
    hidden = make_patient(house.programme, actor=keeper)

    for chart_id in (hidden.pk, 987654):
        with pytest.raises(ChartUnknown):
            glass.break_glass(actor=again(house.stranger), patient_id=chart_id, reason=REASON)


def test_grant_given_meanwhile_makes_the_glass_needless(house, patient):
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, reason="Audit"
    )

    with pytest.raises(GlassNotNeeded):
        break_it(house.stranger, patient)


@pytest.mark.goal("G-11")
@pytest.mark.parametrize(
    "ago, is_reviewed, is_blocked",
    [
        ({"hours": 71}, False, False),
        ({"hours": 72, "minutes": 1}, False, True),
        ({"days": 30}, False, True),
        ({"days": 30}, True, False),
    ],
)
def test_unreviewed_use_past_its_limit_blocks_the_next(
    house, patient, ago, is_reviewed, is_blocked
):
    other = make_patient(house.main, actor=house.clerk)
    row = broken_ago(house.stranger, other, **ago)
    if is_reviewed:
        review(house.compliance, row)

    if is_blocked:
        with pytest.raises(GlassReviewOverdue) as refused:
            break_it(house.stranger, patient)
        assert refused.value.reason == "GLASS_REVIEW_OVERDUE"
    else:
        assert break_it(house.stranger, patient)
    assert break_it(house.provider, patient)


@pytest.mark.parametrize("outcome", ReviewOutcome)
def test_review_judges_with_an_event(house, patient, outcome):
    row = broken_ago(house.stranger, patient, hours=2)

    reviewed = review(house.compliance, row, outcome, "As told by the ward")

    assert (reviewed.reviewed_by, reviewed.review_outcome, reviewed.review_note) == (
        house.compliance,
        outcome,
        "As told by the ward",
    )
    (event,) = events_of(Action.GLASS_REVIEWED)
    assert (event.actor_id, event.patient_id, event.subject_id, event.detail) == (
        house.compliance.pk,
        patient.pk,
        str(row.pk),
        {"outcome": outcome.value},
    )


def test_review_is_by_somebody_else_of_what_is_over_and_once(house, patient):
    both = make_user(Role.COMPLIANCE, Role.PROVIDER)
    own = broken_ago(both, patient, hours=2)
    still_open = break_it(house.stranger, patient)
    done = broken_ago(house.provider, patient, hours=2)
    review(house.compliance, done)
    before = count_events()

    for actor, row, error in (
        (both, own, OwnGlassReview),
        (house.compliance, still_open, GlassStillOpen),
        (house.compliance, done, GlassAlreadyReviewed),
    ):
        with pytest.raises(error) as refused:
            review(actor, row, ReviewOutcome.UNJUSTIFIED)
        assert (refused.value.subject_id, refused.value.action) == (
            str(row.pk),
            Action.GLASS_REVIEWED,
        )

    assert count_events() == before
    assert list(BrokenGlass.objects.exclude(reviewed_at=None)) == [done]


def test_what_ran_out_can_be_reviewed_before_the_clock_closed_it(house, patient):
    with time_machine.travel(timezone.now() - timedelta(minutes=61), tick=False):
        row = break_it(house.stranger, patient)

    assert review(house.compliance, row).reviewed_by == house.compliance


def test_open_access_is_found_by_person_and_chart(house, patient):
    row = break_it(house.stranger, patient)

    assert selectors.get_open(user=house.stranger, chart_id=patient.pk) == row
    assert selectors.get_open(user=house.clerk, chart_id=patient.pk) is None


@pytest.mark.committed
def test_form_sent_twice_at_once_breaks_one_glass():
    house = build_house()
    patient = make_patient(house.main, actor=house.clerk)
    results = at_once([lambda: break_it(house.stranger, patient)] * 3)

    assert sorted(results) == ["BrokenGlass", "GlassNotNeeded", "GlassNotNeeded"]
    assert len(events_of(Action.GLASS_BROKEN)) == 1


@pytest.mark.committed
def test_two_people_break_the_glass_of_one_chart_at_once():
    house = build_house()
    patient = make_patient(house.main, actor=house.clerk)
    results = at_once(
        [lambda: break_it(house.stranger, patient), lambda: break_it(house.provider, patient)]
    )

    assert results == ["BrokenGlass", "BrokenGlass"]
    assert {row.user_id for row in BrokenGlass.objects.all()} == {
        house.stranger.pk,
        house.provider.pk,
    }


@pytest.mark.committed
def test_two_clocks_close_each_access_once():
    house = build_house()
    with time_machine.travel(timezone.now() - timedelta(minutes=61), tick=False):
        for _ in range(4):
            break_it(house.stranger, make_patient(house.main, actor=house.clerk))

    at_once([glass.close_expired] * 3)
    glass.close_expired()

    assert len(events_of(Action.GLASS_CLOSED)) == 4
    assert not BrokenGlass.objects.filter(closed_at=None).exists()


@pytest.mark.committed
def test_two_reviewers_judge_once():
    house = build_house()
    second = make_user(Role.COMPLIANCE)
    row = broken_ago(house.stranger, make_patient(house.main, actor=house.clerk), hours=2)

    results = at_once([lambda: review(house.compliance, row), lambda: review(second, row)])

    assert sorted(results) == ["BrokenGlass", "GlassAlreadyReviewed"]
    assert len(events_of(Action.GLASS_REVIEWED)) == 1


def at_once(functions):
    """Run the functions at the same moment; return the kinds of their results or refusals."""
    barrier = threading.Barrier(len(functions))
    kinds = []

    def run(function):
        barrier.wait()
        try:
            kinds.append(type(function()).__name__)
        except Exception as error:
            kinds.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return kinds


def test_basis_of_the_chart_stays_the_glass_only_without_another(house, patient):
    break_it(house.stranger, patient)
    grant(house.main, user=house.stranger)
    with context.acting_as(house.stranger):
        scope = opening.open_chart(actor=again(house.stranger), patient_id=patient.pk)

    assert (scope.basis, scope.glass_id) == (Basis.UNIT, None)
