"""What the database keeps of access requests, tried as the application's own role."""

import itertools
from datetime import timedelta

import psycopg2
import pytest
from django.utils import timezone

from accounts.roles import Role
from records.access.enums import AccessRequestStatus as Status
from records.access.rules import transitions
from records.access.services import access_requests, charts, rights
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.factories.people import make_user
from tests.records.access.services.asking import ask, ask_in_vain, decline, grant, withdraw

pytestmark = [pytest.mark.committed, pytest.mark.promise]

STEP = (
    "INSERT INTO access_accessrequeststatuschange (access_request_id, from_status, to_status,"
    " reason, changed_at, changed_by_id)"
    " VALUES ({row}, '{current}', '{target}', '', '1999-01-01', {by})"
)
CHANGE = "UPDATE access_accessrequest SET {beside}status = '{target}' WHERE id = {row}"
DECIDED = "decided_at = '1999-01-01', decided_by_id = {by}, comment = 'Why', "
RECENT = "{} > now() - interval '1 hour'"
OPEN = "decided_at = NULL, decided_by_id = NULL, comment = '', "


class House:
    """A hospital with an access request in every status."""

    def __init__(self):
        self.house = build_house()
        self.second = make_user(Role.SUPERVISOR, unit=self.house.main)
        self.patients = {
            name: make_patient(self.house.main, actor=self.house.clerk)
            for name in (*Status.values, "OVER", "GONE")
        }
        asker, decider = self.house.stranger, self.house.supervisor
        self.rows = {"OVER": ask_in_vain(asker, self.patients["OVER"])}
        for name in Status.values:
            if name == Status.LAPSED:
                self.rows[name] = ask_in_vain(asker, self.patients[name])
                access_requests.lapse_over()
                self.rows["OVER"] = ask_in_vain(asker, self.patients["OVER"])
            else:
                self.rows[name] = ask(asker, self.patients[name])
        grant(decider, self.rows["GRANTED"])
        decline(decider, self.rows["DECLINED"])
        withdraw(asker, self.rows["WITHDRAWN"])


@pytest.fixture
def world():
    return House()


@pytest.fixture
def tries(second_connection):
    """A function that runs statements as one transaction of a person, and says why not."""
    cursor = second_connection.cursor()

    def run(actor, *statements):
        cursor.execute("BEGIN")
        cursor.execute("SELECT set_config('chartroom.actor', %s, true)", [str(actor.pk)])
        try:
            for statement in statements:
                cursor.execute(statement)
            rows = cursor.fetchall() if cursor.description else None
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            return "", rows
        except psycopg2.IntegrityError as refused:
            return refused.diag.message_primary, None
        finally:
            cursor.execute("ROLLBACK")

    return run


def way(row, current, target, by, *, decided_by=None):
    """Return step and change from one status to another."""
    beside = DECIDED if target in transitions.DECIDED else OPEN
    return (
        STEP.format(row=row.pk, current=current, target=target, by=by.pk),
        CHANGE.format(row=row.pk, target=target, beside=beside.format(by=(decided_by or by).pk)),
    )


def right(world, row):
    return (
        "INSERT INTO access_chartuserpermission (user_id, content_object_id, permission_id,"
        " granted_by_id, granted_at, reason, expires_at)"
        f" SELECT {row.asked_by_id}, {row.chart_id}, min(id), {world.house.supervisor.pk}, now(),"
        f" 'Why', (SELECT expires_at FROM access_accessrequest WHERE id = {row.pk})"
        " FROM auth_permission"
    )


def test_every_pair_of_statuses_is_kept(world, tries):
    asker, decider = world.house.stranger, world.house.supervisor
    for current, target in itertools.permutations(Status.values, 2):
        pair = (current, target)
        row = world.rows["OVER" if pair == ("ASKED", "LAPSED") else current]
        by = asker if target == Status.WITHDRAWN else decider
        before = [right(world, row)] if pair == ("ASKED", "GRANTED") else []
        step, change = way(row, current, target, by)

        alone, told, both = (
            tries(by, *before, *statements)[0] for statements in ([change], [step], [step, change])
        )

        if target in transitions.MOVES[Status(current)]:
            assert "a step stands in its history first" in alone, pair
            assert "is followed by its status" in told, pair
            assert both == "", pair
        else:
            no_way = f"An access request cannot go from {current} to {target}"
            assert {alone, told, both} == {no_way}, pair


def test_nothing_begins_but_as_asked_with_its_step(world, tries):
    asker, patient = world.house.stranger, world.patients["GONE"]
    begin = (
        "INSERT INTO access_accessrequest (chart_id, unit_id, asked_by_id, purpose, reason,"
        " expires_at, asked_at, status, comment, decided_at, decided_by_id)"
        f" VALUES ({patient.pk}, {world.house.main.pk}, {asker.pk}, 'LEGAL', 'Answers a subpoena',"
        " now() + interval '1 day', '1999-01-01', '{status}', {comment}, {at}, {by})"
    )
    last = "(SELECT max(id) FROM access_accessrequest)"

    for status in Status.values:
        is_decided = status in transitions.DECIDED
        made = begin.format(
            status=status,
            comment="'Why'" if is_decided else "''",
            at="now()" if is_decided else "NULL",
            by=world.house.supervisor.pk if is_decided else "NULL",
        )
        step = STEP.format(row=last, current="", target=status, by=asker.pk)
        untold, told = tries(asker, made)[0], tries(asker, made, step)[0]
        assert "begins with a step in its history" in untold, status
        assert (told == "") == (status == Status.ASKED), status


@pytest.mark.parametrize("target", ["GRANTED", "DECLINED"])
def test_nobody_decides_on_their_own_or_in_anothers_name(world, tries, target):
    row, asker = world.rows["ASKED"], world.house.stranger
    decider, second = world.house.supervisor, world.second
    given = right(world, row)

    own = tries(asker, given, *way(row, "ASKED", target, asker))
    forged = tries(asker, given, *way(row, "ASKED", target, asker, decided_by=decider))
    others = tries(decider, given, *way(row, "ASKED", target, decider, decided_by=second))
    step = tries(asker, given, *way(row, "ASKED", target, decider, decided_by=decider))

    said = "Access is decided in one's own name, by another than who asked"
    assert [one[0] for one in (own, forged, others)] == [said] * 3
    assert "in the name of another person" in step[0]


def test_decision_is_stamped_by_the_server(world, tries):
    row, decider = world.rows["ASKED"], world.house.supervisor
    asked = f"SELECT {RECENT.format('decided_at')} FROM access_accessrequest WHERE id = {row.pk}"

    found = tries(decider, *way(row, "ASKED", "DECLINED", decider), asked)

    assert found == ("", [(True,)])


def test_asking_is_stamped_and_in_ones_own_name(world, tries):
    asker, patient = world.house.stranger, world.patients["GONE"]
    begin = (
        "INSERT INTO access_accessrequest (chart_id, unit_id, asked_by_id, purpose, reason,"
        " expires_at, asked_at, status, comment)"
        f" VALUES ({patient.pk}, {{unit}}, {{by}}, 'LEGAL', 'Answers a subpoena',"
        " now() + interval '1 day', '1999-01-01', 'ASKED', '')"
        " RETURNING asked_at = statement_timestamp()"
    )
    step = STEP.format(
        row="(SELECT max(id) FROM access_accessrequest)", current="", target="ASKED", by=asker.pk
    )
    stamped = (
        f"SELECT {RECENT.format('asked_at')} FROM access_accessrequest ORDER BY id DESC LIMIT 1"
    )

    own = tries(asker, begin.format(unit=world.house.main.pk, by=asker.pk), step, stamped)
    forged = tries(world.second, begin.format(unit=world.house.main.pk, by=asker.pk))
    elsewhere = tries(asker, begin.format(unit=world.house.behavioural.pk, by=asker.pk))

    assert own == ("", [(True,)])
    assert "in the name of another person" in forged[0]
    assert elsewhere[0] == "Access is asked for in the unit that keeps the chart"


def test_nothing_is_granted_without_its_right(world, tries):
    row, decider = world.rows["ASKED"], world.house.supervisor
    short = right(world, row).replace(
        "SELECT expires_at FROM", "SELECT expires_at - interval '1 day' FROM"
    )

    bare = tries(decider, *way(row, "ASKED", "GRANTED", decider))
    shorter = tries(decider, short, *way(row, "ASKED", "GRANTED", decider))

    assert bare[0] == shorter[0] == "Access is granted together with the right"


def test_nothing_is_decided_after_its_time(world, tries):
    row, decider = world.rows["OVER"], world.house.supervisor

    for target in transitions.DECIDED:
        found = tries(decider, *way(row, "ASKED", target, decider))
        assert found[0] == "Access is not decided after the time that was asked for"


def test_nothing_lapses_before_its_time_but_of_a_destroyed_chart(world, tries):
    row, gone = world.rows["ASKED"], ask(world.house.stranger, world.patients["GONE"])
    officer = world.house.compliance
    destroy = f"UPDATE access_chart SET status = 'DESTROYED' WHERE id = {gone.chart_id}"

    early = tries(officer, *way(row, "ASKED", "LAPSED", officer))
    destroyed = tries(officer, destroy, *way(gone, "ASKED", "LAPSED", officer))

    assert early[0] == "Access lapses when its time is over or its chart is destroyed"
    assert destroyed[0] == ""


def test_nobody_asks_for_a_destroyed_chart(world, tries):
    asker, patient = world.house.stranger, world.patients["GONE"]
    charts.mark_destroyed(actor=world.house.compliance, chart_id=patient.pk)

    found = tries(
        asker,
        "INSERT INTO access_accessrequest (chart_id, unit_id, asked_by_id, purpose, reason,"
        " expires_at, asked_at, status, comment)"
        f" VALUES ({patient.pk}, {world.house.main.pk}, {asker.pk}, 'LEGAL', 'Answers a subpoena',"
        " now() + interval '1 day', now(), 'ASKED', '')",
    )

    assert found[0] == "Access is not asked for to a destroyed chart"


def test_nobody_else_withdraws(world, tries):
    row, decider = world.rows["ASKED"], world.house.supervisor

    found = tries(decider, *way(row, "ASKED", "WITHDRAWN", decider))

    assert found[0] == "Access is withdrawn by whoever asked for it"


def test_what_was_decided_stays_as_it_was_written(world, tries):
    row, decider = world.rows["DECLINED"], world.house.supervisor
    for change in (
        "comment = 'Otherwise'",
        "decided_at = now()",
        f"decided_by_id = {world.second.pk}",
    ):
        found = tries(decider, f"UPDATE access_accessrequest SET {change} WHERE id = {row.pk}")
        assert found[0] == "Access is decided once", change


def test_only_who_asked_has_seen_it_once(world, tries):
    row, asker = world.rows["DECLINED"], world.house.stranger
    seen = f"UPDATE access_accessrequest SET seen_at = '1999-01-01' WHERE id = {row.pk}"
    back = f"UPDATE access_accessrequest SET seen_at = NULL WHERE id = {row.pk}"
    when = (
        f"SELECT seen_at > now() - interval '1 hour' FROM access_accessrequest WHERE id = {row.pk}"
    )

    own, others = tries(asker, seen, when), tries(world.house.supervisor, seen)
    again, undone = tries(asker, seen, seen.replace("1999", "1998")), tries(asker, seen, back)

    said = "Access is seen once, by whoever asked for it"
    assert own == ("", [(True,)])
    assert [others[0], again[0], undone[0]] == [said] * 3


def test_unit_is_that_of_the_chart(world, tries):
    row, other = world.rows["ASKED"], world.house.behavioural

    found = tries(
        world.house.supervisor,
        f"UPDATE access_accessrequest SET unit_id = {other.pk} WHERE id = {row.pk}",
    )

    assert found[0] == "Access is asked for in the unit that keeps the chart"


@pytest.mark.parametrize("verb", ["UPDATE", "DELETE", "TRUNCATE"])
def test_steps_are_only_added_even_by_the_owner(world, owner_connection, verb):
    statement = {
        "UPDATE": "UPDATE access_accessrequeststatuschange SET reason = 'Another'",
        "DELETE": "DELETE FROM access_accessrequeststatuschange",
        "TRUNCATE": "TRUNCATE access_accessrequeststatuschange",
    }[verb]

    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT set_config('chartroom.actor', '1', false)")
        with pytest.raises(psycopg2.errors.RestrictViolation):
            cursor.execute(statement)


def test_right_given_by_hand_does_not_decide(world):
    row = world.rows["ASKED"]
    rights.grant_chart(
        actor=world.house.supervisor,
        chart_id=row.chart_id,
        user=world.house.stranger,
        reason="By hand",
        expires_at=timezone.now() + timedelta(days=1),
    )

    row.refresh_from_db()
    assert row.status == Status.ASKED
