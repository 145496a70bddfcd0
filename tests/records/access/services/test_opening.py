"""Opening a chart: the ground, the event before the page, the refusal that explains itself."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from accounts.selectors.users import get_system_user
from audit import context
from audit.enums import Action, Basis, Outcome, Purpose
from audit.services import events
from audit.writes import attributing
from records.access import relationships, system_work
from records.access.enums import ChartStatus, UnitRight, Use
from records.access.errors import (
    ChartDestroyed,
    ChartRefused,
    ChartUnknown,
    ClassHidden,
    GlassReadsOnly,
)
from records.access.models import Chart
from records.access.relationships import Relationship
from records.access.services import charts, glass, opening, rights
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.trail import count_events, events_of

CARE = {"HIV", "STI", "MH", "GENETIC", "MINOR_CONSENTED", "REPRO"}


@pytest.fixture
def relate(monkeypatch):
    """Let named people be related to named charts, by SQL as rooms register it."""
    monkeypatch.setattr(relationships, "_relationships", {})

    def add(name, basis, *pairs):
        rows = ", ".join(f"({user.pk}, {chart.pk})" for user, chart in pairs)
        table = f"(VALUES {rows}) AS tie (user_id, chart_id)"
        relationships.register(
            Relationship(
                name=name,
                basis=basis,
                one=f"SELECT 1 FROM {table} WHERE user_id = %(user)s AND chart_id = %(chart)s",
                many=f"SELECT chart_id::bigint FROM {table} WHERE user_id = %(user)s",
            )
        )

    return add


def open_as(user, patient, **facts):
    return opening.open_chart(actor=again(user), patient_id=patient.pk, **facts)


def test_unit_opens_the_chart_and_the_event_says_everything(house, patient):
    scope = open_as(
        house.clerk,
        patient,
        purpose=Purpose.TREATMENT,
        action=Action.FACE_SHEET_PRINTED,
        subject_type="document",
        subject_id=17,
        detail={"pages": 2},
    )

    assert (scope.patient_id, scope.actor, scope.basis) == (patient.pk, house.clerk, Basis.UNIT)
    assert (scope.classes, scope.glass_id) == ({"NORMAL"}, None)
    (event,) = events_of(Action.FACE_SHEET_PRINTED)
    assert (
        event.actor_id,
        event.patient_id,
        event.basis,
        event.purpose,
        event.subject_type,
        event.subject_id,
        event.outcome,
        event.detail,
    ) == (
        house.clerk.pk,
        patient.pk,
        "UNIT",
        "TREATMENT",
        "document",
        "17",
        Outcome.SUCCESS,
        {"pages": 2},
    )


@pytest.mark.goal("G-23")
@pytest.mark.parametrize(
    "who, purpose", [("clerk", Purpose.RECORDS), ("compliance", Purpose.OVERSIGHT)]
)
def test_no_opening_is_without_a_purpose(house, patient, who, purpose):
    open_as(getattr(house, who), patient)

    (event,) = events_of(Action.CHART_OPENED)
    assert event.purpose == purpose


@pytest.mark.goal("G-20")
@pytest.mark.committed
def test_event_stands_before_the_scope_is_returned(house, patient, second_connection):
    open_as(house.clerk, patient)

    cursor = second_connection.cursor()
    cursor.execute("SELECT patient_id FROM audit_event WHERE action = 'CHART_OPENED'")
    assert cursor.fetchall() == [(patient.pk,)]


@pytest.mark.goal("G-20")
def test_chart_is_not_opened_where_its_event_could_be_taken_back(house, patient):
    with pytest.raises(RuntimeError), transaction.atomic():
        open_as(house.clerk, patient)

    assert events_of(Action.CHART_OPENED) == []


def test_peeking_decides_alike_and_writes_nothing(house, patient):
    before = count_events()

    scope = opening.peek_scope(actor=again(house.clerk), patient_id=patient.pk)

    assert (scope.basis, scope.classes) == (Basis.UNIT, {"NORMAL"})
    with pytest.raises(ChartRefused):
        opening.peek_scope(actor=again(house.stranger), patient_id=patient.pk)
    assert count_events() == before


def test_refusal_writes_no_event_itself_and_says_what_can_be_done(house, patient):
    before = count_events()

    with pytest.raises(ChartRefused) as refused:
        open_as(house.stranger, patient, action=Action.FACE_SHEET_PRINTED)

    error = refused.value
    assert (error.status, error.reason, error.patient_id, error.action) == (
        403,
        "NO_GROUND",
        patient.pk,
        Action.FACE_SHEET_PRINTED,
    )
    assert error.can_break_glass is True
    assert "not in your units" in error.message
    assert count_events() == before


def test_emergency_access_is_for_reading_and_says_so(house, patient):
    glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )
    before = count_events()

    with pytest.raises(GlassReadsOnly) as refused:
        open_as(house.stranger, patient, use=Use.WORK, action=Action.DOCUMENT_PRINTED)

    error = refused.value
    assert (error.status, error.reason, error.patient_id, error.action) == (
        403,
        "GLASS_READS_ONLY",
        patient.pk,
        Action.DOCUMENT_PRINTED,
    )
    assert "for reading" in error.message
    assert count_events() == before
    assert open_as(house.stranger, patient).basis == Basis.BROKEN_GLASS


def test_services_that_change_a_chart_are_not_let_in_by_an_emergency_access(house, patient):
    glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )

    with pytest.raises(GlassReadsOnly):
        opening.peek_scope(actor=again(house.stranger), patient_id=patient.pk)
    scope = opening.peek_scope(actor=again(house.stranger), patient_id=patient.pk, use=Use.READING)
    assert scope.basis == Basis.BROKEN_GLASS


@pytest.mark.parametrize("use", Use)
def test_another_ground_beside_the_broken_glass_opens_for_both(house, patient, use):
    glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )
    grant(house.main, user=house.stranger)

    assert open_as(house.stranger, patient, use=use).basis == Basis.UNIT


def test_destroyed_chart_is_said_to_be_destroyed_before_anything_else(house, patient):
    glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )
    with attributing(get_system_user()):
        Chart.objects.filter(pk=patient.pk).update(status=ChartStatus.DESTROYED)

    with pytest.raises(ChartDestroyed):
        open_as(house.stranger, patient, use=Use.WORK)


def test_compliance_without_a_right_is_refused_and_offered_no_glass(house, patient):
    with pytest.raises(ChartRefused) as refused:
        open_as(make_user(Role.COMPLIANCE), patient)

    assert refused.value.can_break_glass is False


@pytest.mark.parametrize("role", ["ADMINISTRATOR", None])
@pytest.mark.parametrize("right", [None, "unit", "chart", "both"])
def test_who_opens_no_charts_may_not_even_know_of_one_whatever_was_given(
    house, patient, role, right
):
    user = make_user(*([role] if role else []))
    if right in ("unit", "both"):
        grant(house.main, user=user)
    if right in ("chart", "both"):
        rights.grant_chart(
            actor=house.supervisor, chart_id=patient.pk, user=user, reason="By mistake"
        )

    with pytest.raises(ChartUnknown) as refused:
        open_as(user, patient)

    assert refused.value.status == 404


@pytest.mark.goal("G-04")
def test_unlisted_units_chart_is_as_unknown_as_one_that_does_not_exist(house):
    keeper = make_user(Role.CLERK, unit=house.programme)
    hidden = make_patient(house.programme, actor=keeper)

    found = []
    for chart_id in (hidden.pk, 987654):
        reader = again(house.clerk)
        with CaptureQueriesContext(connection) as asked, pytest.raises(ChartUnknown) as refused:
            opening.open_chart(actor=reader, patient_id=chart_id)
        sql = [query["sql"].replace(str(chart_id), "CHART") for query in asked]
        found.append((refused.value.message, refused.value.status, refused.value.reason, sql))

    assert found[0] == found[1]
    assert open_as(keeper, hidden).basis == Basis.UNIT


def test_role_on_a_unit_opens_to_all_who_hold_the_role(house, patient):
    with pytest.raises(ChartRefused):
        open_as(house.provider, patient)

    grant(house.main, role=Role.PROVIDER)

    assert open_as(house.provider, patient).basis == Basis.UNIT
    with pytest.raises(ChartRefused):
        open_as(house.stranger, patient)


@pytest.mark.goal("G-05")
@pytest.mark.parametrize(
    "give, take",
    [
        (
            lambda h, p: grant(h.main, user=h.stranger),
            lambda h, p: rights.revoke_unit(
                actor=h.administrator, unit=h.main, right=UnitRight.VIEW_CHART, user=h.stranger
            ),
        ),
        (
            lambda h, p: rights.grant_chart(
                actor=h.supervisor, chart_id=p.pk, user=h.stranger, reason="Audit of 2025"
            ),
            lambda h, p: rights.revoke_chart(actor=h.supervisor, chart_id=p.pk, user=h.stranger),
        ),
    ],
    ids=["unit", "chart"],
)
def test_taking_one_row_closes_the_chart_on_the_next_request(house, patient, give, take):
    give(house, patient)
    assert open_as(house.stranger, patient)

    take(house, patient)

    with pytest.raises(ChartRefused):
        open_as(house.stranger, patient)


@pytest.mark.goal("G-10")
@pytest.mark.parametrize("kind", ["unit", "role", "chart"])
def test_right_that_has_run_out_opens_nothing(house, patient, kind):
    now = timezone.now()
    facts = {"expires_at": now - timedelta(seconds=1)}
    with time_machine.travel(now - timedelta(days=2), tick=False):
        if kind == "chart":
            rights.grant_chart(
                actor=house.supervisor,
                chart_id=patient.pk,
                user=house.stranger,
                reason="x",
                **facts,
            )
        elif kind == "unit":
            grant(house.main, user=house.stranger, **facts)
        else:
            grant(house.main, role=Role.PROVIDER, **facts)
    user = house.provider if kind == "role" else house.stranger

    with pytest.raises(ChartRefused):
        open_as(user, patient)


def test_further_unit_that_keeps_the_chart_opens_it_and_its_classes(house, patient):
    keeper = make_user(Role.CLERK, unit=house.behavioural)
    grant(house.behavioural, "view_protected", user=keeper)
    with pytest.raises(ChartRefused):
        open_as(keeper, patient)

    charts.add_unit(actor=house.supervisor, chart_id=patient.pk, unit_id=house.behavioural.pk)

    scope = open_as(keeper, patient)
    assert (scope.basis, scope.classes) == (Basis.UNIT, {"NORMAL", "MH", "PSYCHNOTE"})


def test_unit_that_takes_no_new_charts_still_opens_its_old_ones(house, patient):
    with attributing(house.administrator):
        house.main.is_active = False
        house.main.save()

    assert open_as(house.clerk, patient).basis == Basis.UNIT


@pytest.mark.parametrize(
    "grounds, expected",
    [
        (["UNIT", "CARE", "WORK", "GRANT", "GLASS"], Basis.UNIT),
        (["CARE", "WORK", "GRANT", "GLASS"], Basis.CARE),
        (["WORK", "GRANT", "GLASS"], Basis.WORK),
        (["GRANT", "GLASS"], Basis.GRANT),
        (["GLASS"], Basis.BROKEN_GLASS),
        (["WORK", "CARE"], Basis.CARE),
    ],
)
def test_strongest_ground_is_the_basis(house, patient, relate, grounds, expected):
    user = house.stranger
    if "GLASS" in grounds:
        glass.break_glass(
            actor=again(user), patient_id=patient.pk, reason="Brought in unconscious, no history"
        )
    if "GRANT" in grounds:
        rights.grant_chart(actor=house.supervisor, chart_id=patient.pk, user=user, reason="Audit")
    for basis in sorted({"WORK", "CARE"} & set(grounds), reverse=True):
        relate(f"a_{basis}" if basis == "WORK" else basis, Basis(basis), (user, patient))
    if "UNIT" in grounds:
        grant(house.main, user=user)

    assert open_as(user, patient).basis == expected


@pytest.mark.parametrize(
    ("is_limited", "is_in_units", "basis"),
    [(True, False, "GRANT"), (False, False, "GRANT"), (True, True, "UNIT")],
)
def test_scope_knows_the_end_of_the_right_that_opened_the_chart(
    house, patient, is_limited, is_in_units, basis
):
    end = timezone.now() + timedelta(days=7)
    rights.grant_chart(
        actor=house.supervisor,
        chart_id=patient.pk,
        user=house.stranger,
        reason="Court case",
        expires_at=end if is_limited else None,
    )
    if is_in_units:
        grant(house.main, user=house.stranger)

    scope = open_as(house.stranger, patient)

    is_told = is_limited and not is_in_units
    assert (scope.basis, scope.granted_until) == (basis, end if is_told else None)


def test_relationship_leads_to_its_own_chart_and_person_only(house, patient, relate):
    other = make_patient(house.main, actor=house.clerk)
    relate("attending", Basis.CARE, (house.provider, patient))

    scope = open_as(house.provider, patient)

    assert (scope.basis, scope.classes) == (Basis.CARE, {"NORMAL"} | CARE)
    for user, chart in ((house.provider, other), (house.stranger, patient)):
        with pytest.raises(ChartRefused):
            open_as(user, chart)


def test_destroyed_chart_opens_no_more_and_says_why_to_who_may_know_of_it(house, patient):
    charts.mark_destroyed(actor=house.compliance, chart_id=patient.pk)

    with pytest.raises(ChartDestroyed) as refused:
        open_as(house.clerk, patient)
    with pytest.raises(ChartDestroyed):
        open_as(house.stranger, patient)
    with pytest.raises(ChartUnknown):
        open_as(house.administrator, patient)

    assert (refused.value.reason, refused.value.status) == ("CHART_DESTROYED", 403)
    assert Chart.objects.get(pk=patient.pk).status == ChartStatus.DESTROYED


@pytest.mark.goal("G-12")
def test_scope_hides_documents_of_other_classes(house, patient):
    scope = open_as(house.clerk, patient)

    scope.check_class("NORMAL")
    with pytest.raises(ClassHidden) as refused:
        scope.check_class("HIV")

    assert (refused.value.status, refused.value.patient_id) == (404, patient.pk)


def test_decision_costs_two_queries_and_the_event_one(house, patient, django_assert_num_queries):
    user = again(house.clerk)
    user.has_perm("access.open_chart")
    with context.acting_as(user), django_assert_num_queries(3):
        opening.open_chart(actor=user, patient_id=patient.pk)
    with context.acting_as(user), django_assert_num_queries(2):
        opening.open_chart(actor=user, patient_id=patient.pk)


def test_person_outside_the_units_costs_one_query_more(house, patient, django_assert_num_queries):
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, reason="Court case"
    )
    user = again(house.stranger)
    user.has_perm("access.open_chart")

    with context.acting_as(user), django_assert_num_queries(4):
        scope = opening.open_chart(actor=user, patient_id=patient.pk)

    assert scope.basis == Basis.GRANT


def test_number_of_rights_does_not_change_the_cost(house, patient, django_assert_num_queries):
    for unit in (house.behavioural, house.programme):
        grant(unit, user=house.clerk)
        grant(unit, role=Role.CLERK)
    user = again(house.clerk)
    user.has_perm("access.open_chart")

    with context.acting_as(user), django_assert_num_queries(3):
        opening.open_chart(actor=user, patient_id=patient.pk)


def test_refusal_is_recorded_as_whoever_catches_it_records_it(house, patient):
    user = again(house.stranger)
    with pytest.raises(ChartRefused) as refused, context.acting_as(user):
        opening.open_chart(actor=user, patient_id=patient.pk)
    with context.acting_as(user):
        events.record_refusal(refused.value)

    (event,) = events_of(Action.CHART_OPENED)
    assert (event.outcome, event.patient_id, event.basis, event.detail) == (
        Outcome.REFUSED,
        patient.pk,
        "NONE",
        {"reason": "NO_GROUND"},
    )


def test_system_works_on_charts_inside_its_work_only(house, patient):
    system = get_system_user()
    with pytest.raises(ChartUnknown):
        opening.peek_scope(actor=system, patient_id=patient.pk)

    with system_work.on(system, house.behavioural.pk):
        scope = opening.peek_scope(actor=system, patient_id=patient.pk)
    with pytest.raises(ChartUnknown):
        opening.peek_scope(actor=get_system_user(), patient_id=patient.pk)

    assert scope.basis == Basis.SYSTEM
    assert "PEER_REVIEW" in scope.classes


def test_nobody_else_works_as_the_system(house):
    with pytest.raises(system_work.NotSystemWork), system_work.on(house.clerk, house.main.pk):
        pytest.fail("let in")
    assert system_work.unit_of(house.clerk) is None


def test_signed_in_session_never_works_as_the_system(house):
    origin = context.Origin(1, "Ana", "CLERK", "r", session_digest="s1")
    with (
        context.acting(origin),
        pytest.raises(system_work.NotSystemWork),
        system_work.on(get_system_user(), house.main.pk),
    ):
        pytest.fail("let in")
