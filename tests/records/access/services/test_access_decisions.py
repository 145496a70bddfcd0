"""Decisions on access requests: the right with its grantor, by another person, once."""

import threading

import pytest
from django.db import connection

from accounts.roles import Role
from accounts.services import users
from audit import context
from audit.enums import Action, Basis, Outcome
from records.access.enums import AccessRequestStatus as Status
from records.access.errors import (
    AccessRequestClosed,
    AccessRequestOver,
    AccessRequestUnknown,
    AskerGone,
    OwnAccessRequest,
)
from records.access.models import AccessRequestStatusChange, ChartUserPermission
from records.access.services import access_decisions, charts, glass, opening, rights
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant as give_unit
from tests.records.access.services.asking import (
    COMMENT,
    REASON,
    ask,
    ask_in_vain,
    decline,
    fresh,
    grant,
    withdraw,
)
from tests.trail import count_events, events_of, facts_of


def basis_of(user, patient):
    return opening.find_ground(actor=again(user), patient_id=patient.pk).basis


def test_granting_gives_the_right_for_the_reason_and_until_the_day_asked(house, patient):
    row = grant(house.supervisor, ask(house.stranger, patient))

    row = fresh(row)
    right = ChartUserPermission.objects.get()
    assert (right.user, right.content_object_id, right.granted_by, right.reason) == (
        house.stranger,
        patient.pk,
        house.supervisor,
        REASON,
    )
    assert right.expires_at == row.expires_at
    assert basis_of(house.stranger, patient) == Basis.GRANT
    assert (row.status, row.decided_by, row.comment) == (Status.GRANTED, house.supervisor, "")
    assert row.decided_at >= row.asked_at
    assert facts_of(Action.ACCESS_GRANTED, Action.RIGHT_GRANTED)[-2:] == [
        (
            Action.RIGHT_GRANTED,
            Outcome.SUCCESS,
            house.supervisor.pk,
            str(house.stranger.pk),
            {},
        ),
        (
            Action.ACCESS_GRANTED,
            Outcome.SUCCESS,
            house.supervisor.pk,
            str(row.pk),
            {"asked_by": house.stranger.pk},
        ),
    ]


def test_declining_says_why_and_gives_nothing(house, patient):
    row = fresh(decline(house.supervisor, ask(house.stranger, patient)))

    assert (row.status, row.decided_by, row.comment) == (
        Status.DECLINED,
        house.supervisor,
        COMMENT,
    )
    assert ChartUserPermission.objects.count() == 0
    assert basis_of(house.stranger, patient) is None
    step = AccessRequestStatusChange.objects.get(access_request=row, to_status="DECLINED")
    assert (step.reason, step.changed_by) == (COMMENT, house.supervisor)
    (event,) = events_of(Action.ACCESS_DECLINED)
    assert COMMENT not in str(vars(event))


def test_right_that_lasts_longer_is_left_as_it_is(house, patient):
    row = ask(house.stranger, patient)
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, reason="For ever"
    )

    grant(house.supervisor, row)

    right = ChartUserPermission.objects.get()
    assert (right.reason, right.expires_at, fresh(row).status) == ("For ever", None, Status.GRANTED)


def test_right_that_ends_earlier_is_replaced(house, patient):
    row = ask(house.stranger, patient)
    rights.grant_chart(
        actor=house.supervisor,
        chart_id=patient.pk,
        user=house.stranger,
        reason="One day",
        expires_at=row.expires_at - (row.expires_at - row.asked_at) / 2,
    )

    grant(house.supervisor, row)

    right = ChartUserPermission.objects.get()
    assert (right.reason, right.expires_at) == (REASON, row.expires_at)


@pytest.mark.parametrize("decide", [grant, decline])
def test_nobody_decides_on_their_own(house, patient, decide):
    elsewhere = make_user(Role.SUPERVISOR, unit=house.behavioural)
    row = ask(elsewhere, patient)
    charts.add_unit(actor=house.supervisor, chart_id=patient.pk, unit_id=house.behavioural.pk)
    before = count_events()

    with pytest.raises(OwnAccessRequest) as refused:
        decide(elsewhere, row)

    assert (refused.value.status, refused.value.patient_id) == (403, patient.pk)
    assert (fresh(row).status, count_events()) == (Status.ASKED, before)


@pytest.mark.parametrize("decide", [grant, decline])
@pytest.mark.parametrize("kind", ["elsewhere", "emergency", "missing"])
def test_who_gives_no_rights_on_the_chart_does_not_know_of_it(house, patient, decide, kind):
    row, other = ask(house.stranger, patient), make_user(Role.SUPERVISOR, unit=house.behavioural)
    if kind == "emergency":
        glass.break_glass(
            actor=again(other), patient_id=patient.pk, reason="Brought in unconscious"
        )
    if kind == "missing":
        row.pk = 987654

    with pytest.raises(AccessRequestUnknown) as refused:
        decide(other, row)

    assert refused.value.status == 404
    assert ChartUserPermission.objects.count() == 0


@pytest.mark.parametrize("decide", [grant, decline])
@pytest.mark.parametrize("end", ["GRANTED", "DECLINED", "WITHDRAWN", "over"])
def test_what_is_closed_is_decided_no_more(house, patient, decide, end):
    if end == "over":
        row = ask_in_vain(house.stranger, patient)
    else:
        row = ask(house.stranger, patient)
        if end == "WITHDRAWN":
            withdraw(house.stranger, row)
        else:
            (grant if end == "GRANTED" else decline)(house.supervisor, row)
    second, before = make_user(Role.SUPERVISOR, unit=house.main), fresh(row)
    number = ChartUserPermission.objects.count()

    with pytest.raises(AccessRequestOver if end == "over" else AccessRequestClosed) as refused:
        decide(second, row)

    after = fresh(row)
    assert refused.value.status == 409
    assert (after.status, after.decided_by_id, after.comment) == (
        before.status,
        before.decided_by_id,
        before.comment,
    )
    assert ChartUserPermission.objects.count() == number


@pytest.mark.parametrize("way", ["disabled", "role taken"])
def test_right_is_not_given_to_who_cannot_use_it(house, patient, way):
    row = ask(house.stranger, patient)
    if way == "disabled":
        users.disable(actor=house.administrator, user_id=house.stranger.pk)
    else:
        users.set_roles(
            actor=house.administrator, user_id=house.stranger.pk, roles=[Role.ADMINISTRATOR]
        )

    with pytest.raises(AskerGone):
        grant(house.supervisor, row)

    assert ChartUserPermission.objects.count() == 0
    assert fresh(decline(house.supervisor, row)).status == Status.DECLINED


@pytest.mark.committed
def test_of_two_who_decide_at_once_one_does_and_the_other_is_told():
    house = build_house()
    patient = make_patient(house.main, actor=house.clerk)
    second = make_user(Role.SUPERVISOR, unit=house.main)
    row, found, barrier = ask(house.stranger, patient), [], threading.Barrier(2)

    def send(user, decide):
        with context.acting_as(user):
            barrier.wait(timeout=20)
            try:
                found.append(decide(user, row).status)
            except AccessRequestClosed as refused:
                found.append(refused.status)
        connection.close()

    threads = [
        threading.Thread(target=send, args=args)
        for args in ((house.supervisor, grant), (second, decline))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted(map(str, found)) == sorted(["409", fresh(row).status])
    assert ChartUserPermission.objects.count() == (fresh(row).status == Status.GRANTED)


@pytest.mark.committed
def test_decision_and_move_at_once_wait_in_no_ring():
    house = build_house()
    patient = make_patient(house.main, actor=house.clerk)
    keeper = make_user(Role.SUPERVISOR, unit=house.main)
    give_unit(house.behavioural, user=keeper)
    rows = [ask(user, patient) for user in (house.stranger, house.provider)]
    failed, barrier = [], threading.Barrier(3)

    def run(user, work):
        try:
            with context.acting_as(user):
                barrier.wait(timeout=20)
                work()
        except AccessRequestUnknown:
            pass  # the move was first, and took the chart from who decides
        except Exception as error:
            failed.append(error)
        connection.close()

    def move():
        charts.move(
            actor=again(keeper), chart_id=patient.pk, unit_id=house.behavioural.pk, reason="Goes"
        )

    def decide(row):
        access_decisions.grant(actor=again(house.supervisor), access_request_id=row.pk)

    works = [(keeper, move), *((house.supervisor, lambda row=row: decide(row)) for row in rows)]
    threads = [threading.Thread(target=run, args=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert failed == []
    assert {fresh(row).unit for row in rows} == {house.behavioural}
