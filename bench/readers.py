"""Who reads in the benchmark, and the charts that are unusual on purpose."""

import time

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection

from accounts.middleware import ACTIVE, STARTED
from accounts.models import User
from accounts.roles import Role
from accounts.selectors.users import get_system_user
from accounts.services import users
from audit import context
from audit.writes import attributing
from records.access import system_work
from records.access.enums import UnitRight
from records.access.models import CustodyUnit
from records.access.services import rights

NAMES = ("few", "tenth", "all")
FEW = 100
STAFF = 20
PROVIDER = Role.PROVIDER  # carries no right of its own on any unit of the demo house


def make_readers():
    """Return {name: user}: one who sees 100 charts, one a tenth, one all; of 20 staff."""
    if not User.objects.filter(username="bench-all").exists():
        _make(get_system_user())
    return {name: User.objects.get(username=f"bench-{name}") for name in NAMES}


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
    with context.acting_as(system), attributing(system):
        made = {name: _user(system, name) for name in NAMES}
        staff = [_user(system, f"staff-{number}") for number in range(STAFF - len(NAMES))]
        units = list(CustodyUnit.objects.order_by("pk"))
        _grant(system, _unit_nearest_a_tenth(units), made["tenth"])
        for unit in units:
            _grant(system, unit, made["all"])
        for number, user in enumerate(staff):
            _grant(system, units[number % len(units)], user)
        with system_work.on(system, units[0].pk):
            for chart_id in _some_charts():
                rights.grant_chart(
                    actor=system, chart_id=chart_id, user=made["few"], reason="benchmark"
                )


def _user(system, name):
    user = users.create(
        actor=system,
        username=f"bench-{name}",
        email=f"bench-{name}@chartroom.example",
        display_name=f"Bench {name}",
        password="a password nobody types",
        roles=[PROVIDER],
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
    """Return {documents: chart id}: a chart with one document and one with 300.

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
    return {1: one, 300: many}
