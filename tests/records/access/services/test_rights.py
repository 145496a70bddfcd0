"""Rights given and taken through the one wrapper, each with who, why and until when."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils import timezone
from guardian.models import GroupObjectPermission, UserObjectPermission

from accounts.roles import Role
from audit.enums import Action, Outcome
from audit.models import RowChange
from audit.writes import attributing
from records.access.enums import UnitRight
from records.access.errors import ChartRefused, OwnRights
from records.access.models import (
    Chart,
    ChartUserPermission,
    UnitGroupPermission,
    UnitUserPermission,
)
from records.access.selectors import holders
from records.access.selectors import rights as selectors
from records.access.services import rights
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.factories.units import grant
from tests.trail import count_events, events_of

NO_UNITS = frozenset()


def open_units(user):
    return selectors.get_unit_rights(again(user)).open_units


def give(house, **facts):
    values = {"unit": house.behavioural, "right": UnitRight.VIEW_CHART, "reason": "Covers nights"}
    return rights.grant_unit(actor=house.administrator, **values | facts)


def take(house, **facts):
    values = {"unit": house.behavioural, "right": UnitRight.VIEW_CHART}
    return rights.revoke_unit(actor=house.administrator, **values | facts)


def last(action):
    event = events_of(action)[-1]
    return event.outcome, event.actor_id, event.subject_type, event.subject_id, event.detail


@pytest.mark.parametrize("kind", ["user", "role"])
def test_right_on_a_unit_is_given_with_reason_and_end(house, kind):
    until = timezone.now() + timedelta(days=30)
    holder = {"user": house.stranger} if kind == "user" else {"role": "PROVIDER"}

    row = give(house, expires_at=until, **holder)

    assert (row.granted_by, row.reason, row.expires_at) == (
        house.administrator,
        "Covers nights",
        until,
    )
    assert row.content_object == house.behavioural
    named = {"user": house.stranger.pk} if kind == "user" else {"role": "PROVIDER"}
    assert last(Action.RIGHT_GRANTED) == (
        Outcome.SUCCESS,
        house.administrator.pk,
        "unit",
        str(house.behavioural.pk),
        {"right": "view_chart", **named},
    )
    user = house.stranger if kind == "user" else house.provider
    assert open_units(user) == {house.behavioural.pk}
    assert open_units(house.clerk) == {house.main.pk}


@pytest.mark.parametrize("kind", ["user", "role"])
def test_right_is_taken_once(house, kind):
    holder = {"user": house.stranger} if kind == "user" else {"role": "PROVIDER"}
    give(house, **holder)

    assert [take(house, **holder), take(house, **holder)] == [True, False]

    assert len(events_of(Action.RIGHT_REVOKED)) == 1
    assert open_units(house.stranger if kind == "user" else house.provider) == NO_UNITS


def test_right_given_again_replaces_the_one_that_stands(house):
    give(house, user=house.stranger, reason="First")
    give(house, user=house.stranger, reason="Second")

    rows = UnitUserPermission.objects.filter(user=house.stranger)
    assert list(rows.values_list("reason", flat=True)) == ["Second"]


@pytest.mark.parametrize("right", UnitRight)
def test_each_right_opens_only_what_it_names(house, right):
    give(house, user=house.stranger, right=right)

    held = selectors.get_unit_rights(again(house.stranger))

    unit = house.behavioural.pk
    assert held.open_units == ({unit} if right == UnitRight.VIEW_CHART else NO_UNITS)
    assert held.protected_classes == (
        {unit: {"MH", "PSYCHNOTE"}} if right == UnitRight.VIEW_PROTECTED else {}
    )


@pytest.mark.parametrize("holder", ["self", "own-role"])
def test_nobody_gives_rights_to_themselves(house, holder):
    own = make_user(Role.ADMINISTRATOR)
    before = count_events(), UnitUserPermission.objects.count(), UnitGroupPermission.objects.count()

    with pytest.raises(OwnRights) as refused:
        rights.grant_unit(
            actor=own,
            unit=house.main,
            right=UnitRight.VIEW_CHART,
            reason="Mine",
            **({"user": own} if holder == "self" else {"role": "ADMINISTRATOR"}),
        )

    assert (refused.value.reason, refused.value.action) == ("OWN_RIGHTS", Action.RIGHT_GRANTED)
    after = count_events(), UnitUserPermission.objects.count(), UnitGroupPermission.objects.count()
    assert after == before


@pytest.mark.goal("G-10")
@pytest.mark.parametrize("kind", ["user", "role"])
@pytest.mark.parametrize("seconds, is_open", [(3600, True), (-1, False)])
def test_right_ends_at_its_moment_without_anybody_acting(house, kind, seconds, is_open):
    holder = {"user": house.stranger} if kind == "user" else {"role": "PROVIDER"}
    user = house.stranger if kind == "user" else house.provider
    now = timezone.now()

    with time_machine.travel(now - timedelta(days=2), tick=False):
        give(house, expires_at=now + timedelta(seconds=seconds), **holder)

    assert open_units(user) == ({house.behavioural.pk} if is_open else NO_UNITS)
    assert len(holders.list_holders(house.behavioural)) == is_open


def test_person_keeps_what_another_row_still_gives(house):
    give(house, user=house.stranger)
    give(house, role="CLERK")

    take(house, user=house.stranger)

    assert open_units(house.stranger) == {house.behavioural.pk}


@pytest.mark.goal("G-05")
def test_role_taken_takes_the_rights_that_came_with_it(house):
    give(house, role="PROVIDER")
    assert open_units(house.provider) == {house.behavioural.pk}

    with attributing(house.administrator):
        house.provider.groups.clear()

    assert open_units(house.provider) == NO_UNITS


def test_directory_shows_listed_units_and_those_one_holds(house):
    grant(house.programme, user=house.stranger)

    assert selectors.get_unit_rights(again(house.stranger)).directory_units == sorted(
        [house.main.pk, house.behavioural.pk, house.programme.pk]
    )
    assert selectors.get_unit_rights(again(house.clerk)).directory_units == sorted(
        [house.main.pk, house.behavioural.pk]
    )


def test_rights_cost_one_query_a_loaded_person(house, django_assert_num_queries):
    user = again(house.clerk)

    with django_assert_num_queries(1):
        selectors.get_unit_rights(user)
        selectors.get_unit_rights(user)


def test_chart_is_opened_to_one_person_by_somebody_who_may_open_it(house, patient):
    until = timezone.now() + timedelta(days=7)

    row = rights.grant_chart(
        actor=house.supervisor,
        chart_id=patient.pk,
        user=house.stranger,
        reason="Answers the complaint",
        expires_at=until,
    )

    assert (row.content_object_id, row.user, row.granted_by) == (
        patient.pk,
        house.stranger,
        house.supervisor,
    )
    event = events_of(Action.RIGHT_GRANTED)[-1]
    assert (event.patient_id, event.subject_type, event.subject_id) == (
        patient.pk,
        "user",
        str(house.stranger.pk),
    )


@pytest.mark.parametrize(
    "deed",
    [
        lambda **facts: rights.grant_chart(reason="Please", **facts),
        lambda **facts: rights.revoke_chart(**facts),
    ],
    ids=["grant", "revoke"],
)
def test_who_has_no_ground_opens_the_chart_to_nobody(house, patient, deed):
    outsider = make_user(Role.SUPERVISOR)
    before = count_events()

    with pytest.raises(ChartRefused):
        deed(actor=outsider, chart_id=patient.pk, user=house.stranger)

    assert ChartUserPermission.objects.count() == 0
    assert count_events() == before


def test_nobody_opens_a_chart_to_themselves(house, patient):
    with pytest.raises(OwnRights) as refused:
        rights.grant_chart(
            actor=house.supervisor, chart_id=patient.pk, user=house.supervisor, reason="Mine"
        )

    assert refused.value.patient_id == patient.pk


def test_chart_right_is_replaced_and_taken_once(house, patient):
    facts = {"actor": house.supervisor, "chart_id": patient.pk, "user": house.stranger}
    rights.grant_chart(reason="First", **facts)
    rights.grant_chart(reason="Second", **facts)

    shown = [(h.name, h.reason, h.user_id) for h in holders.list_chart_holders(patient.pk)]
    taken = [rights.revoke_chart(**facts), rights.revoke_chart(**facts)]

    assert shown == [("Stella Moran", "Second", house.stranger.pk)]
    assert taken == [True, False]
    assert [e.patient_id for e in events_of(Action.RIGHT_REVOKED)] == [patient.pk]
    assert holders.list_chart_holders(patient.pk) == []


def test_holders_are_listed_with_everything_said_roles_first(house):
    until = timezone.now() + timedelta(days=30)
    give(house, user=house.stranger, reason="Covers nights", expires_at=until)
    give(house, role="PROVIDER", right=UnitRight.VIEW_PROTECTED, reason="Treats here")

    found = holders.list_holders(house.behavioural)

    assert [
        (h.name, h.user_id, h.role, h.right, h.granted_by, h.reason, h.expires_at) for h in found
    ] == [
        ("Provider", None, "PROVIDER", "view_protected", "Adam Reyes", "Treats here", None),
        (
            "Stella Moran",
            house.stranger.pk,
            "",
            "view_chart",
            "Adam Reyes",
            "Covers nights",
            until,
        ),
    ]


def test_holders_cost_the_same_however_many(house, django_assert_num_queries):
    give(house, user=house.stranger)
    with django_assert_num_queries(2):
        holders.list_holders(house.behavioural)
    for _ in range(3):
        give(house, user=make_user(Role.CLERK))
    with django_assert_num_queries(2):
        holders.list_holders(house.behavioural)


def test_every_row_of_rights_says_who_changed_it(house):
    before = RowChange.objects.count()

    give(house, user=house.stranger)
    take(house, user=house.stranger)

    rows = RowChange.objects.order_by("id")[before:]
    assert [(r.table_name, r.operation, r.actor_id) for r in rows] == [
        ("access_unituserpermission", "INSERT", house.administrator.pk),
        ("access_unituserpermission", "DELETE", house.administrator.pk),
    ]


def test_permission_of_another_table_is_no_right(house):
    with (
        pytest.raises(Permission.DoesNotExist),
        attributing(house.administrator),
    ):
        rights.grant_unit(
            actor=house.administrator,
            unit=house.main,
            right=type("Right", (), {"value": "delete_everything"})(),
            reason="x",
            user=house.stranger,
        )


@pytest.mark.goal("G-10")
def test_generic_tables_of_guardian_stay_empty(house, patient):
    give(house, user=house.stranger)
    give(house, role="PROVIDER")
    rights.grant_chart(
        actor=house.supervisor, chart_id=patient.pk, user=house.stranger, reason="Audit"
    )

    assert (UserObjectPermission.objects.count(), GroupObjectPermission.objects.count()) == (0, 0)


@pytest.mark.goal("G-10")
def test_no_right_outlives_its_chart_or_its_unit():
    for model in (UnitUserPermission, UnitGroupPermission, ChartUserPermission):
        field = model._meta.get_field("content_object")
        assert field.remote_field.on_delete.__name__ == "CASCADE"
        assert field.db_constraint is True


def test_keys_of_charts_are_never_used_again(house):
    first = make_patient(house.main, actor=house.clerk).pk
    try:
        with transaction.atomic():
            gone = make_patient(house.main, actor=house.clerk).pk
            raise IntegrityError
    except IntegrityError:
        after = make_patient(house.main, actor=house.clerk).pk

    assert first < gone < after
    assert Chart.objects.filter(pk=gone).count() == 0
