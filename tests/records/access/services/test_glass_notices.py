"""Who is told of an emergency access, and in whose work it waits."""

import pytest

from accounts.roles import Role
from accounts.services import users
from audit.enums import Action
from records.access import worklists
from records.access.models import GlassNotice
from records.access.selectors import told
from records.access.services import charts, glass
from tests.factories.patients import make_patient
from tests.factories.people import again, make_user
from tests.records.access.services.emergencies import break_it, broken_ago, review
from tests.trail import events_of


def waiting_for(user):
    source = next(s for s in worklists.sources_for(again(user)) if s.name == "Emergency access")
    return source.count(user), [
        (item.patient_id, item.url) for item in source.oldest(again(user), 5)
    ]


@pytest.mark.goal("G-11")
def test_supervisors_of_the_unit_and_compliance_are_told_at_once(house, patient):
    elsewhere = make_user(Role.SUPERVISOR, unit=house.behavioural)
    officer = make_user(Role.COMPLIANCE)

    row = break_it(house.stranger, patient)

    assert waiting_for(house.supervisor) == (1, [(patient.pk, "/access/glass/")])
    assert waiting_for(officer) == (1, [(patient.pk, f"/access/glass/{row.pk}/")])
    assert waiting_for(elsewhere) == (0, [])
    names = [source.name for source in worklists.sources_for(again(house.clerk))]
    assert "Emergency access" not in names


def test_supervisor_of_a_further_unit_of_the_chart_is_told(house, patient):
    supervisor = make_user(Role.SUPERVISOR, unit=house.behavioural)
    charts.add_unit(actor=house.supervisor, chart_id=patient.pk, unit_id=house.behavioural.pk)

    row = break_it(house.stranger, patient)

    assert waiting_for(supervisor)[0] == 1
    assert supervisor in told_of(row)


def make_patient_apart(house):
    """A patient of a unit in which no supervisor works."""
    keeper = make_user(Role.CLERK, unit=house.behavioural)
    return make_patient(house.behavioural, actor=keeper)


def told_of(row):
    return {notice.user for notice in GlassNotice.objects.filter(glass=row)}


@pytest.mark.goal("G-11")
def test_each_of_them_has_a_notice_from_the_commit_on(house, patient):
    row = break_it(house.stranger, patient)

    notices = GlassNotice.objects.order_by("user__display_name")
    assert [(n.glass, n.user, n.told_at, n.seen_at) for n in notices] == [
        (row, house.compliance, row.started_at, None),
        (row, house.supervisor, row.started_at, None),
    ]


def test_unit_without_a_supervisor_leaves_compliance_told(house):
    patient = make_patient_apart(house)

    row = break_it(house.stranger, patient)

    assert told_of(row) == {house.compliance}
    assert waiting_for(house.compliance) == (1, [(patient.pk, f"/access/glass/{row.pk}/")])


def test_nobody_is_told_of_their_own_access_and_it_opens_all_the_same(house, patient):
    users.disable(actor=house.administrator, user_id=house.supervisor.pk)
    users.set_roles(
        actor=house.administrator, user_id=house.compliance.pk, roles=["COMPLIANCE", "CLERK"]
    )
    chart = make_patient_apart(house)

    row = break_it(house.compliance, chart)

    assert told_of(row) == set()
    (event,) = events_of(Action.GLASS_BROKEN)
    assert event.detail == {"told": []}


def test_notice_is_seen_once_by_each_for_themselves(house, patient):
    row = break_it(house.stranger, patient)

    counts = [glass.note_seen(actor=house.supervisor, glass_ids=[row.pk]) for _ in range(2)]

    assert counts == [1, 0]
    seen = GlassNotice.objects.exclude(seen_at=None)
    assert [notice.user for notice in seen] == [house.supervisor]
    assert [n.user for n in told.list_unseen(house.compliance)] == [house.compliance]
    assert list(told.list_unseen(house.supervisor)) == []


def test_what_is_reviewed_leaves_the_work_of_all(house, patient):
    row = broken_ago(house.stranger, patient, hours=2)

    review(house.compliance, row)

    assert waiting_for(house.compliance) == (0, [])
    assert waiting_for(house.supervisor) == (0, [])


def test_own_use_waits_for_others_not_for_oneself(house, patient):
    both = make_user(Role.COMPLIANCE, Role.CLERK)
    break_it(both, patient)

    assert waiting_for(both) == (0, [])
    assert waiting_for(house.compliance)[0] == 1
