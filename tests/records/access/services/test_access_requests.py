"""Asking for access: once for each chart, seen through to its end, and told."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from accounts.selectors.users import get_system_user
from audit import context, subjects
from audit.enums import Action, Basis, Outcome, Purpose
from records.access import tasks, worklists
from records.access.enums import AccessRequestStatus as Status
from records.access.errors import (
    AccessNotNeeded,
    AccessRequestClosed,
    AccessRequestUnknown,
    ChartDestroyed,
    ChartUnknown,
)
from records.access.models import AccessRequest, AccessRequestStatusChange
from records.access.selectors import access_requests as selectors
from records.access.services import access_requests, charts, glass, rights
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant as give_unit
from tests.records.access.services.asking import (
    REASON,
    ask,
    ask_in_vain,
    decline,
    fresh,
    grant,
    withdraw,
)
from tests.trail import count_events, events_of

STEPS = (
    Action.ACCESS_ASKED,
    Action.ACCESS_GRANTED,
    Action.ACCESS_DECLINED,
    Action.ACCESS_WITHDRAWN,
    Action.ACCESS_LAPSED,
)


def steps_of(row):
    rows = AccessRequestStatusChange.objects.filter(access_request=row).order_by("id")
    return list(rows.values_list("from_status", "to_status", "changed_by", "reason"))


def test_asking_makes_row_step_and_event(house, patient):
    until = timezone.now() + timedelta(days=7)

    row = fresh(ask(house.stranger, patient, expires_at=until))

    assert (row.chart_id, row.unit, row.asked_by) == (patient.pk, house.main, house.stranger)
    assert (row.purpose, row.reason, row.expires_at) == ("OPERATIONS", REASON, until)
    assert (row.status, row.decided_by, row.decided_at, row.comment, row.seen_at) == (
        Status.ASKED,
        None,
        None,
        "",
        None,
    )
    assert steps_of(row) == [("", "ASKED", house.stranger.pk, "")]
    (event,) = events_of(*STEPS)
    assert (event.action, event.outcome, event.actor_id, event.patient_id) == (
        Action.ACCESS_ASKED,
        Outcome.SUCCESS,
        house.stranger.pk,
        patient.pk,
    )
    assert (event.purpose, event.basis, event.subject_type, event.subject_id, event.detail) == (
        Purpose.OPERATIONS,
        Basis.DIRECTORY,
        "access_request",
        str(row.pk),
        {"asked_by": house.stranger.pk},
    )


def test_reason_stands_in_the_row_and_never_in_the_trail(house, patient):
    ask(house.stranger, patient, reason="Freda O'Connell complained in March")

    assert not [event for event in events_of(*STEPS) if "Freda" in str(vars(event))]


def test_asking_twice_leads_to_the_one_that_waits(house, patient):
    first = ask(house.stranger, patient)
    second = ask(house.stranger, patient, reason="Another reason altogether", purpose="LEGAL")
    other = ask(house.provider, patient)

    assert (first, fresh(first).reason) == (second, REASON)
    assert other != first
    assert len(events_of(Action.ACCESS_ASKED)) == 2


@pytest.mark.parametrize("end", [decline, withdraw])
def test_what_is_closed_stands_in_nobodys_way(house, patient, end):
    first = ask(house.stranger, patient)
    end(house.supervisor if end is decline else house.stranger, first)

    second = ask(house.stranger, patient)

    assert (first != second, second.status) == (True, Status.ASKED)


def test_what_is_over_lapses_before_one_asks_again(house, patient):
    first = ask_in_vain(house.stranger, patient)

    second = ask(house.stranger, patient)

    assert (fresh(first).status, second.status) == (Status.LAPSED, Status.ASKED)
    assert [event.action for event in events_of(*STEPS)] == [
        Action.ACCESS_ASKED,
        Action.ACCESS_LAPSED,
        Action.ACCESS_ASKED,
    ]


@pytest.mark.parametrize("who", ["clerk", "supervisor"])
def test_who_has_a_ground_need_not_ask(house, patient, who):
    before = count_events()

    with pytest.raises(AccessNotNeeded) as refused:
        ask(getattr(house, who), patient)

    assert (refused.value.action, refused.value.patient_id) == (Action.ACCESS_ASKED, patient.pk)
    assert (AccessRequest.objects.count(), count_events()) == (0, before)


def test_who_reads_in_an_emergency_may_ask_for_work(house, patient):
    glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )

    assert ask(house.stranger, patient).status == Status.ASKED


@pytest.mark.goal("G-04")
def test_hidden_and_missing_charts_and_roles_without_charts_are_unknown(house, patient):
    keeper = make_user(Role.CLERK, unit=house.programme)
    hidden = make_patient(house.programme, actor=keeper)
    missing = type(hidden)(pk=987654)

    for user, chart in (
        (house.stranger, hidden),
        (house.stranger, missing),
        (house.administrator, patient),
        (make_user(), patient),
    ):
        with pytest.raises(ChartUnknown):
            ask(user, chart)
    assert AccessRequest.objects.count() == 0


def test_destroyed_chart_cannot_be_asked_for(house, patient):
    charts.mark_destroyed(actor=house.compliance, chart_id=patient.pk)

    with pytest.raises(ChartDestroyed):
        ask(house.stranger, patient)


def test_asker_withdraws_once_and_nobody_else(house, patient):
    row = ask(house.stranger, patient)

    for user in (house.provider, house.supervisor):
        with pytest.raises(AccessRequestUnknown):
            withdraw(user, row)
    withdraw(house.stranger, row)
    withdraw(house.stranger, row)

    assert fresh(row).status == Status.WITHDRAWN
    assert steps_of(row) == [
        ("", "ASKED", house.stranger.pk, ""),
        ("ASKED", "WITHDRAWN", house.stranger.pk, ""),
    ]
    assert len(events_of(Action.ACCESS_WITHDRAWN)) == 1


def test_what_was_decided_meanwhile_cannot_be_withdrawn(house, patient):
    row = decline(house.supervisor, ask(house.stranger, patient))

    with pytest.raises(AccessRequestClosed) as refused:
        withdraw(house.stranger, row)

    assert (refused.value.status, refused.value.patient_id) == (409, patient.pk)
    assert fresh(row).status == Status.DECLINED


def test_clock_lets_what_is_over_lapse_once_on_behalf_of_who_asked(house, patient):
    waiting, over = ask(house.provider, patient), ask_in_vain(house.stranger, patient)

    counts = [access_requests.lapse_over(), access_requests.lapse_over()]

    system = get_system_user()
    assert counts == [1, 0]
    assert (fresh(over).status, fresh(waiting).status) == (Status.LAPSED, Status.ASKED)
    assert steps_of(over)[-1] == ("ASKED", "LAPSED", system.pk, "")
    (event,) = events_of(Action.ACCESS_LAPSED)
    assert (event.actor_id, event.on_behalf_of_id, event.basis, event.patient_id) == (
        system.pk,
        house.stranger.pk,
        Basis.SYSTEM,
        patient.pk,
    )


def test_task_of_the_clock_lets_lapse(house, patient):
    row = ask_in_vain(house.stranger, patient)

    tasks.lapse_access_requests()

    assert fresh(row).status == Status.LAPSED


def test_destruction_lets_what_is_undecided_lapse_and_keeps_the_rest(house, patient):
    granted = grant(house.supervisor, ask(house.provider, patient))
    waiting = ask(house.stranger, patient)

    charts.mark_destroyed(actor=house.compliance, chart_id=patient.pk)

    assert (fresh(waiting).status, fresh(granted).status) == (Status.LAPSED, Status.GRANTED)
    assert steps_of(waiting)[-1] == ("ASKED", "LAPSED", house.compliance.pk, "")
    assert fresh(waiting).reason == REASON


def test_access_requests_follow_the_chart_to_its_new_unit(house, patient):
    keeper = make_user(Role.SUPERVISOR, unit=house.main)
    give_unit(house.behavioural, user=keeper)
    row, there = ask(house.stranger, patient), make_user(Role.SUPERVISOR, unit=house.behavioural)
    before = list(selectors.list_waiting_for(again(there)))

    charts.move(
        actor=again(keeper), chart_id=patient.pk, unit_id=house.behavioural.pk, reason="Goes on"
    )

    assert before == []
    assert list(selectors.list_waiting_for(again(there))) == [row]
    assert list(selectors.list_waiting_for(again(house.supervisor))) == []
    assert fresh(row).unit == house.behavioural


def test_who_gives_rights_on_the_chart_sees_it_and_never_their_own(house, patient):
    elsewhere = make_user(Role.SUPERVISOR, unit=house.behavioural)
    row = ask(elsewhere, patient)

    assert list(selectors.list_waiting_for(again(house.supervisor))) == [row]
    assert list(selectors.list_waiting_for(again(elsewhere))) == []
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=elsewhere, reason="Covers nights"
    )
    assert list(selectors.list_waiting_for(again(elsewhere))) == []


@pytest.mark.parametrize("way", ["further unit", "single grant"])
def test_other_grounds_to_the_chart_show_it_too(house, patient, way):
    supervisor, row = make_user(Role.SUPERVISOR, unit=house.behavioural), None
    row = ask(house.stranger, patient)
    if way == "further unit":
        charts.add_unit(actor=house.supervisor, chart_id=patient.pk, unit_id=house.behavioural.pk)
    else:
        rights.grant_chart(
            actor=house.supervisor, chart_id=patient.pk, user=supervisor, reason="Covers nights"
        )

    assert list(selectors.list_waiting_for(again(supervisor))) == [row]


def test_with_more_single_grants_than_lists_count_the_units_still_show(house, patient, monkeypatch):
    monkeypatch.setattr("records.access.selectors.scopes.MANY_GRANTS", 0)
    supervisor = make_user(Role.SUPERVISOR, unit=house.behavioural)
    charts.add_unit(actor=house.supervisor, chart_id=patient.pk, unit_id=house.behavioural.pk)
    row = ask(house.stranger, patient)

    assert list(selectors.list_waiting_for(again(supervisor))) == [row]


def test_what_is_closed_or_over_waits_for_nobody(house, patient):
    ask_in_vain(house.stranger, patient)
    withdraw(house.provider, ask(house.provider, patient))

    assert list(selectors.list_waiting_for(again(house.supervisor))) == []


def test_deciders_are_named_and_the_asker_is_none(house, patient):
    second = make_user(Role.SUPERVISOR, unit=house.main, display_name="Tess Vale")
    make_user(Role.SUPERVISOR, unit=house.behavioural)

    found = selectors.list_deciders(actor=house.stranger, chart_id=patient.pk)
    without = selectors.list_deciders(actor=second, chart_id=patient.pk)

    assert (found, without) == ([house.supervisor, second], [house.supervisor])


def source_of(user, name):
    found = [one for one in worklists.sources_for(again(user)) if one.name == name]
    return found[0] if found else None


def test_it_waits_in_the_work_of_both(house, patient):
    row = ask(house.stranger, patient)

    theirs, own = source_of(house.supervisor, "Access asked for"), "Access you asked for"
    (item,) = theirs.oldest(again(house.supervisor), 5)
    (mine,) = source_of(house.stranger, own).oldest(again(house.stranger), 5)

    assert theirs.count(again(house.supervisor)) == 1
    assert (item.url, item.patient_id) == (f"/access/requests/{row.pk}/", patient.pk)
    assert item.what.startswith("Decide: Stella Moran asks for ")
    assert item.why.startswith("Health care operations, until ")
    assert (mine.url, mine.patient_id, mine.why) == (
        "/access/requests/own/",
        patient.pk,
        "Nobody has decided yet",
    )
    assert mine.what.startswith("Asked: access to ")
    assert source_of(house.clerk, "Access asked for") is None
    assert source_of(house.administrator, own) is None


@pytest.mark.parametrize("end", ["GRANTED", "DECLINED", "LAPSED"])
def test_how_it_ended_is_told_until_looked_at(house, patient, end):
    if end == "LAPSED":
        row = ask_in_vain(house.stranger, patient)
        access_requests.lapse_over()
    else:
        row = ask(house.stranger, patient)
        (grant if end == "GRANTED" else decline)(house.supervisor, row)
    user = again(house.stranger)
    source = source_of(user, "Access you asked for")
    before = (list(selectors.list_unseen(user)), source.count(user), source.oldest(user, 5)[0].why)

    counts = [access_requests.note_seen(actor=user, access_request_ids=[row.pk]) for _ in range(2)]

    assert before == ([row], 1, "You have not looked at it yet")
    assert counts == [1, 0]
    assert list(selectors.list_unseen(user)) == []
    assert source.count(user) == 0
    assert fresh(row).seen_at is not None


def test_what_was_withdrawn_is_told_to_nobody(house, patient):
    withdraw(house.stranger, ask(house.stranger, patient))

    assert list(selectors.list_unseen(again(house.stranger))) == []


def test_only_who_asked_notes_that_they_looked(house, patient):
    row = decline(house.supervisor, ask(house.stranger, patient))

    counted = access_requests.note_seen(actor=house.supervisor, access_request_ids=[row.pk])

    assert (counted, fresh(row).seen_at) == (0, None)


def test_chart_that_went_to_an_unlisted_unit_is_named_to_nobody_who_may_not_know(house, patient):
    keeper = make_user(Role.SUPERVISOR, unit=house.main)
    give_unit(house.programme, user=keeper)
    declined = decline(house.supervisor, ask(house.stranger, patient))
    granted = grant(house.supervisor, ask(house.provider, patient))
    assert list(selectors.list_own(again(house.stranger))) == [declined]

    charts.move(
        actor=again(keeper), chart_id=patient.pk, unit_id=house.programme.pk, reason="Programme"
    )

    assert list(selectors.list_own(again(house.stranger))) == []
    assert list(selectors.list_unseen(again(house.stranger))) == []
    assert list(selectors.list_own(again(house.provider))) == [granted]
    rights.revoke_chart(actor=again(keeper), chart_id=patient.pk, user=house.provider)
    assert list(selectors.list_own(again(house.provider))) == []


def test_log_names_access_requests(house, patient):
    row = ask(house.stranger, patient)

    assert subjects.labels("access_request", [row.pk, "x"]) == {
        str(row.pk): "access request of Stella Moran",
        "x": "access_request x",
    }


@pytest.mark.committed
def test_form_sent_twice_at_once_asks_once():
    house = build_house()
    patient = make_patient(house.main, actor=house.clerk)
    found, barrier = [], threading.Barrier(2)

    def send():
        with context.acting_as(house.stranger):
            barrier.wait(timeout=20)
            found.append(ask(house.stranger, patient).pk)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len(found) == 2
    assert len(set(found)) == AccessRequest.objects.count() == 1
