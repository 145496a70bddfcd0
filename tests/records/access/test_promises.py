"""What the database keeps of custody and rights, tried as the application's own role."""

import psycopg2
import pytest
from psycopg2 import errors

from records.access.services import glass
from tests.builders import build_house
from tests.factories.patients import make_patient
from tests.records.access.services import asking

pytestmark = [pytest.mark.committed, pytest.mark.promise]

TRACKED = (
    "access_facility",
    "access_custodyunit",
    "access_chart",
    "access_chartunit",
    "access_unituserpermission",
    "access_unitgrouppermission",
    "access_chartuserpermission",
    "access_brokenglass",
    "access_glassnotice",
    "access_chartmove",
    "access_accessrequest",
    "access_accessrequeststatuschange",
)
INSERTS = {
    "access_facility": "(code, name, state, record_class, time_zone) VALUES"
    " ({code}, 'X', 'ME', 'HOSPITAL', 'UTC')",
    "access_custodyunit": "(facility_id, code, name, is_listed, sensitivity_classes, is_active)"
    " VALUES ({facility}, {code}, 'X', true, {classes}, true)",
    "access_chart": "(unit_id, status, is_restricted, created_at)"
    " VALUES ({unit}, {status}, false, now())",
    "access_chartunit": "(chart_id, unit_id, since) VALUES ({chart}, {unit}, now())",
    "access_unituserpermission": "(user_id, content_object_id, permission_id, granted_by_id,"
    " granted_at, reason, expires_at)"
    " VALUES ({user}, {unit}, {permission}, {other}, now(), {why}, {until})",
    "access_unitgrouppermission": "(group_id, content_object_id, permission_id, granted_by_id,"
    " granted_at, reason, expires_at)"
    " VALUES (1, {unit}, {permission}, {other}, now(), {why}, {until})",
    "access_chartuserpermission": "(user_id, content_object_id, permission_id, granted_by_id,"
    " granted_at, reason, expires_at)"
    " VALUES ({user}, {chart}, {permission}, {other}, now(), {why}, {until})",
    "access_brokenglass": "(chart_id, user_id, reason, started_at, ends_at, closed_at,"
    " reviewed_at, reviewed_by_id, review_outcome, review_note)"
    " VALUES ({chart}, {user}, {reason}, now(), {ends}, {closed}, {at}, {by}, {outcome}, '')",
    "access_chartmove": "(chart_id, from_unit_id, to_unit_id, reason, moved_at, moved_by_id)"
    " VALUES ({chart}, {unit}, {other_unit}, {why}, now(), {other})",
    "access_accessrequest": "(chart_id, unit_id, asked_by_id, purpose, reason, expires_at,"
    " asked_at, status, decided_at, decided_by_id, comment, seen_at)"
    " VALUES ({chart}, {other_unit}, {other}, {purpose}, {reason}, {ends}, now(), {asked},"
    " {at}, {by}, {comment}, {seen})",
    "access_accessrequeststatuschange": "(access_request_id, from_status, to_status, reason,"
    " changed_at, changed_by_id)"
    " VALUES ({access_request}, {from}, {to}, {comment}, now(), {other})",
    "access_glassnotice": "(glass_id, user_id, told_at, seen_at)"
    " VALUES ({glass}, {other}, now(), {seen})",
}


@pytest.fixture
def values():
    """Plain values, of which each row would be taken."""
    house = build_house()
    patient = make_patient(house.main, actor=house.clerk)
    broken = glass.break_glass(
        actor=house.provider, patient_id=patient.pk, reason="Brought in unconscious"
    )
    return {
        "facility": house.main.facility_id,
        "code": "'NEW'",
        "classes": "'{{HIV}}'",
        "unit": house.behavioural.pk,
        "other_unit": house.main.pk,
        "chart": patient.pk,
        "status": "'OPEN'",
        "user": house.stranger.pk,
        "other": house.administrator.pk,
        "permission": "(SELECT min(id) FROM auth_permission)",
        "why": "'Covers nights'",
        "until": "NULL",
        "reason": "'Brought in unconscious'",
        "ends": "now() + interval '1 hour'",
        "closed": "NULL",
        "at": "NULL",
        "by": "NULL",
        "outcome": "''",
        "glass": broken.pk,
        "seen": "NULL",
        "purpose": "'TREATMENT'",
        "asked": "'ASKED'",
        "comment": "''",
        "access_request": asking.ask(house.stranger, patient).pk,
        "from": "'ASKED'",
        "to": "'DECLINED'",
    }


@pytest.fixture
def app(second_connection):
    return second_connection.cursor()


@pytest.fixture
def attributed(app, values):
    """The application role inside a transaction that names an actor."""
    app.execute("BEGIN")
    app.execute("SELECT set_config('chartroom.actor', %s, true)", [str(values["other"])])
    yield app
    app.execute("ROLLBACK")


def insert(table, values, **changes):
    merged = values | changes
    return (
        f"INSERT INTO {table} {INSERTS[table]}".format(**merged)
        .replace("{{", "{")
        .replace("}}", "}")
    )


def attempt(cursor, statement):
    """Try a statement in a savepoint; return the error, or None."""
    cursor.execute("SAVEPOINT before")
    try:
        cursor.execute(statement)
    except psycopg2.Error as error:
        return error
    finally:
        cursor.execute("ROLLBACK TO SAVEPOINT before")
    return None


def test_plain_row_of_each_table_would_be_taken_and_leaves_a_change(attributed, values):
    for table in TRACKED:
        attributed.execute(insert(table, values))

    attributed.execute(
        "SELECT table_name, operation FROM audit_rowchange WHERE actor_id = %s"
        " ORDER BY id DESC LIMIT %s",
        [values["other"], len(TRACKED)],
    )
    assert attributed.fetchall() == [(table, "INSERT") for table in reversed(TRACKED)]


# The second is said where a row names who added it.
NOBODY = ("nobody is named as its actor", "in the name of another person")
UNNAMED = [
    "UPDATE access_chart SET unit_id = {unit} WHERE id = {chart}",
    "UPDATE access_custodyunit SET is_listed = true",
    "DELETE FROM access_unituserpermission",
    "DELETE FROM access_chartuserpermission",
    "DELETE FROM access_chartunit",
]


@pytest.mark.parametrize(
    "setting",
    [
        "SELECT 1",
        "SELECT set_config('chartroom.actor', '', true)",
        "SELECT set_config('pgtrigger.ignore', '{access_chart:*}', true)",
        "SET LOCAL chartroom.actor = ''",
    ],
)
def test_write_without_an_actor_is_refused(app, values, setting):
    statements = [insert(table, values) for table in TRACKED]
    statements += [statement.format(**values) for statement in UNNAMED]
    app.execute("BEGIN")
    app.execute(setting)

    refusals = [str(attempt(app, statement)) for statement in statements]

    app.execute("ROLLBACK")
    assert [text for text in refusals if not any(words in text for words in NOBODY)] == []


BROKEN = [
    ("access_custodyunit", {"classes": "'{{NONSENSE}}'"}, "access_custodyunit_classes_are_known"),
    ("access_chart", {"status": "'LOST'"}, "access_chart_status_is_known"),
    (
        "access_unituserpermission",
        {"until": "now() - interval '1 second'"},
        "access_unituserpermission_expires_after_grant",
    ),
    (
        "access_unitgrouppermission",
        {"until": "now()"},
        "access_unitgrouppermission_expires_after_grant",
    ),
    (
        "access_chartuserpermission",
        {"until": "now()"},
        "access_chartuserpermission_expires_after_grant",
    ),
    ("access_chartuserpermission", {"why": "''"}, "access_chartuserpermission_has_reason"),
    (
        "access_brokenglass",
        {"reason": "'fourteen chars'"},
        "access_brokenglass_reason_says_something",
    ),
    ("access_brokenglass", {"ends": "now()"}, "access_brokenglass_ends_after_start"),
    (
        "access_brokenglass",
        {"closed": "now() - interval '1 second'"},
        "access_brokenglass_closes_after_start",
    ),
    (
        "access_brokenglass",
        {"at": "now()"},
        "access_brokenglass_reviewed_at_by_and_outcome_together",
    ),
    (
        "access_brokenglass",
        {"by": "{other}"},
        "access_brokenglass_reviewed_at_by_and_outcome_together",
    ),
    (
        "access_brokenglass",
        {"outcome": "'JUSTIFIED'"},
        "access_brokenglass_reviewed_at_by_and_outcome_together",
    ),
    (
        "access_brokenglass",
        {"at": "now()", "by": "{other}", "outcome": "'FINE'"},
        "access_brokenglass_reviewed_at_by_and_outcome_together",
    ),
    (
        "access_brokenglass",
        {"at": "now()", "by": "{user}", "outcome": "'JUSTIFIED'"},
        "access_brokenglass_reviewer_is_another_person",
    ),
    (
        "access_glassnotice",
        {"seen": "now() - interval '1 second'"},
        "access_glassnotice_seen_after_told",
    ),
    ("access_accessrequest", {"purpose": "'EMERGENCY'"}, "access_accessrequest_purpose_is_known"),
    (
        "access_accessrequest",
        {"reason": "'fourteen chars'"},
        "access_accessrequest_reason_says_something",
    ),
    ("access_accessrequest", {"ends": "now()"}, "access_accessrequest_expires_in_time"),
    (
        "access_accessrequest",
        {"ends": "now() + interval '32 days'"},
        "access_accessrequest_expires_in_time",
    ),
    (
        "access_accessrequest",
        {"comment": "'Why not'"},
        "access_accessrequest_decided_at_and_by_when_decided",
    ),
    (
        "access_accessrequest",
        {"at": "now()"},
        "access_accessrequest_decided_at_and_by_when_decided",
    ),
    (
        "access_accessrequest",
        {"asked": "'GRANTED'", "at": "now()"},
        "access_accessrequest_decided_at_and_by_when_decided",
    ),
    (
        "access_accessrequest",
        {"asked": "'DECLINED'", "at": "now()", "by": "{user}"},
        "access_accessrequest_declined_says_why",
    ),
    (
        "access_accessrequest",
        {"asked": "'GRANTED'", "at": "now()", "by": "{other}"},
        "access_accessrequest_decided_by_another_person",
    ),
    ("access_accessrequest", {"seen": "now()"}, "access_accessrequest_seen_when_closed"),
    ("access_accessrequest", {"asked": "'LOST'"}, "access_accessrequest_status_is_known"),
    ("access_chartmove", {"other_unit": "{unit}"}, "access_chartmove_between_two_units"),
    ("access_chartmove", {"why": "''"}, "access_chartmove_has_reason"),
]


# The table of steps refuses what these would, and comes first.
BEHIND = {"access_accessrequest_steps_are_known"}


def test_row_that_breaks_a_rule_is_refused_by_that_rule(attributed, values):
    found = []
    for table, changes, _ in BROKEN:
        named = {name: value.format(**values) for name, value in changes.items()}
        error = attempt(attributed, insert(table, values, **named))
        assert isinstance(error, errors.CheckViolation), (table, changes)
        found.append(error.diag.constraint_name)

    assert found == [constraint for _, _, constraint in BROKEN]


def test_every_check_of_these_tables_is_violated_above(app, values):
    app.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = ANY(%s::regclass[])",
        [list(TRACKED)],
    )

    found = {name for (name,) in app.fetchall()}
    assert found - {constraint for _, _, constraint in BROKEN} == BEHIND


def test_same_row_twice_is_refused(attributed, values):
    found = {}
    for table in TRACKED:
        attributed.execute(insert(table, values))
        error = attempt(attributed, insert(table, values))
        found[table] = getattr(getattr(error, "diag", None), "constraint_name", None)

    assert found["access_chart"] is None
    assert found["access_chartunit"] == "access_chartunit_once"
    assert found["access_brokenglass"] == "access_brokenglass_one_open_for_each_person_and_chart"
    one_open = "access_accessrequest_one_open_for_each_person_and_chart"
    assert found["access_accessrequest"] == one_open
    assert found["access_glassnotice"] == "access_glassnotice_once_a_person"
    again = ["access_chart", "access_chartmove", "access_accessrequeststatuschange"]
    assert [table for table, name in found.items() if name is None] == again


FORBIDDEN = [
    "DELETE FROM access_facility",
    "DELETE FROM access_custodyunit",
    "DELETE FROM access_chart",
    "DELETE FROM access_brokenglass",
    "UPDATE access_chart SET id = id + 1",
    "UPDATE access_chart SET created_at = now()",
    "UPDATE access_chartunit SET unit_id = unit_id",
    "UPDATE access_unituserpermission SET expires_at = NULL",
    "UPDATE access_unitgrouppermission SET expires_at = NULL",
    "UPDATE access_chartuserpermission SET user_id = user_id",
    "UPDATE access_brokenglass SET reason = 'Something else entirely'",
    "UPDATE access_brokenglass SET ends_at = ends_at + interval '1 year'",
    "UPDATE access_brokenglass SET user_id = user_id",
    "UPDATE access_brokenglass SET started_at = now()",
    "DELETE FROM access_glassnotice",
    "UPDATE access_glassnotice SET user_id = user_id",
    "UPDATE access_glassnotice SET told_at = now()",
    "DELETE FROM access_chartmove",
    "UPDATE access_chartmove SET reason = 'Another'",
    "DELETE FROM access_accessrequest",
    "DELETE FROM access_accessrequeststatuschange",
    "UPDATE access_accessrequeststatuschange SET reason = 'Another'",
    *(
        f"UPDATE access_accessrequest SET {column} = {column}"
        for column in ("chart_id", "asked_by_id", "purpose", "reason", "expires_at", "asked_at")
    ),
    *(f"TRUNCATE {table} CASCADE" for table in TRACKED),
]


def test_application_has_no_grant_for_it(attributed):
    found = {statement: type(attempt(attributed, statement)) for statement in FORBIDDEN}

    assert found == dict.fromkeys(FORBIDDEN, errors.InsufficientPrivilege)


def test_right_cannot_name_a_chart_or_unit_that_does_not_exist(attributed, values):
    for table, changes in (
        ("access_chartuserpermission", {"chart": 987654}),
        ("access_unituserpermission", {"unit": 987654}),
        ("access_unitgrouppermission", {"unit": 987654}),
    ):
        attributed.execute("SAVEPOINT before")
        with pytest.raises(errors.ForeignKeyViolation):
            attributed.execute(insert(table, values, **changes) + "; SET CONSTRAINTS ALL IMMEDIATE")
        attributed.execute("ROLLBACK TO SAVEPOINT before")
