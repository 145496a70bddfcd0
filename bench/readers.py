"""Who reads in the benchmark, and the charts that are unusual on purpose."""

import time

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from accounts.middleware import ACTIVE, STARTED
from accounts.models import User
from accounts.roles import Role
from accounts.selectors.users import get_system_user
from accounts.services import users
from accounts.session_store import SessionStore
from audit import context
from audit.writes import attributing
from records.access import system_work
from records.access.enums import UnitRight
from records.access.models import CustodyUnit
from records.access.services import rights

# Who sees 100 charts, a tenth, all; and a supervisor, whose chart page has the most panels.
READERS = {
    "few": Role.CLERK,
    "tenth": Role.CLERK,
    "all": Role.CLERK,
    "supervisor": Role.SUPERVISOR,
}
FEW = 100
STAFF = 20


def make_readers():
    """Return {name: user} of the readers, among 20 staff."""
    if not User.objects.filter(username="bench-supervisor").exists():
        _make(get_system_user())
    return {name: User.objects.get(username=f"bench-{name}") for name in READERS}


def share_of(user):
    """Return what share of all charts a reader with whole units may open."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE unit_id IN (SELECT content_object_id FROM"
            " access_unituserpermission WHERE user_id = %s))::float / count(*) FROM access_chart",
            [user.pk],
        )
        return cursor.fetchone()[0]


def visible_ids(user, many):
    """Return charts that the reader may open, spread over all of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM access_chart WHERE unit_id IN (SELECT content_object_id FROM"
            " access_unituserpermission WHERE user_id = %(user)s) OR id IN (SELECT"
            " content_object_id FROM access_chartuserpermission WHERE user_id = %(user)s)"
            " ORDER BY md5(id::text) LIMIT %(many)s",
            {"user": user.pk, "many": many},
        )
        return [row[0] for row in cursor.fetchall()]


def open_session(user):
    """Return the session key of a reader who has just signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "accounts.backends.RoleBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[STARTED] = session[ACTIVE] = int(time.time())
    session.save()
    return session.session_key


def _make(system):
    """Make the staff; units are opened by people's own rights alone, so that each sees a part."""
    with context.acting_as(system), attributing(system):
        made = {name: _user(system, name, role) for name, role in READERS.items()}
        others = range(STAFF - len(made))
        staff = [_user(system, f"staff-{number}", Role.CLERK) for number in others]
        units = list(CustodyUnit.objects.order_by("pk"))
        for unit in units:
            for role in set(READERS.values()):
                rights.revoke_unit(actor=system, unit=unit, right=UnitRight.VIEW_CHART, role=role)
            _grant(system, unit, made["all"])
            _grant(system, unit, made["supervisor"])
        _grant(system, _unit_nearest_a_tenth(units), made["tenth"])
        for number, user in enumerate(staff):
            _grant(system, units[number % len(units)], user)
        with system_work.on(system, units[0].pk):
            for chart_id in _some_charts():
                rights.grant_chart(
                    actor=system, chart_id=chart_id, user=made["few"], reason="benchmark"
                )


def _user(system, name, role):
    user = users.create(
        actor=system,
        username=f"bench-{name}",
        email=f"bench-{name}@chartroom.example",
        display_name=f"Bench {name}",
        password="a password nobody types",
        roles=[role],
    )
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    return user


def _grant(system, unit, user):
    rights.grant_unit(
        actor=system, unit=unit, right=UnitRight.VIEW_CHART, reason="benchmark", user=user
    )


def _unit_nearest_a_tenth(units):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_id FROM access_chart GROUP BY unit_id"
            " ORDER BY abs(count(*)::float / (SELECT count(*) FROM access_chart) - 0.1) LIMIT 1"
        )
        wanted = cursor.fetchone()[0]
    return next(unit for unit in units if unit.pk == wanted)


def _some_charts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM access_chart ORDER BY md5('few' || id) LIMIT %s", [FEW])
        return [row[0] for row in cursor.fetchall()]


def make_odd_charts(superuser):
    """Return {what it holds: chart id}: a chart with one document and one with 300.

    Loaded past the triggers: a benchmark's chart is not worth 299 uploads.
    """
    with superuser.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT min(id), min(id) + 1 FROM access_chart")
        one, many = cursor.fetchone()
        cursor.execute(
            "DELETE FROM documents_documentversion WHERE document_id IN (SELECT id FROM"
            " documents_document WHERE patient_id = %(p)s ORDER BY id OFFSET 1);"
            "DELETE FROM documents_document WHERE patient_id = %(p)s AND id NOT IN"
            " (SELECT min(id) FROM documents_document WHERE patient_id = %(p)s)",
            {"p": one},
        )
        cursor.execute(
            "INSERT INTO documents_document (patient_id, unit_id, type_id, title, service_on,"
            " sensitivity, status, source, page_count, version_number, lock_version, filed_at,"
            " filed_by_id, void_reason) SELECT patient_id, unit_id, type_id, title, service_on - n,"
            " sensitivity, status, source, page_count, 1, 1, now(), filed_by_id, ''"
            " FROM (SELECT * FROM documents_document WHERE patient_id = %(p)s LIMIT 1) d,"
            " generate_series(1, 300 - (SELECT count(*) FROM documents_document"
            " WHERE patient_id = %(p)s)::int) n",
            {"p": many},
        )
        cursor.execute("SET session_replication_role = origin")
    return {"1 document": one, "300 documents": many}
