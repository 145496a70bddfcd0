import psycopg2
import pytest
from django.core.exceptions import ImproperlyConfigured

from audit import grants
from audit.grants import Grant

RIGHTS = """
    SELECT privilege_type FROM information_schema.role_table_grants
    WHERE grantee = 'chartroom_app' AND table_name = %s ORDER BY 1
"""
COLUMN_RIGHTS = """
    SELECT column_name FROM information_schema.role_column_grants
    WHERE grantee = 'chartroom_app' AND table_name = %s AND privilege_type = %s ORDER BY 1
"""


@pytest.fixture
def registry(monkeypatch):
    """The registry, put back after the test."""
    monkeypatch.setattr(grants, "_registry", dict(grants._registry))
    return grants._registry


@pytest.fixture
def as_owner(monkeypatch, owner_wrapper):
    monkeypatch.setattr(grants, "connection", owner_wrapper)
    return owner_wrapper.cursor()


def rights(cursor, table):
    cursor.execute(RIGHTS, [table])
    return [name for (name,) in cursor.fetchall()]


def columns(cursor, table, verb):
    cursor.execute(COLUMN_RIGHTS, [table, verb])
    return [name for (name,) in cursor.fetchall()]


def test_register_keeps_what_is_given(registry):
    grants.register("one", update=["a", "b"], delete=True)
    grants.register("two", insert=False)
    grants.register("two", insert=False)

    found = grants.registered()

    assert found["one"] == Grant(insert=True, update=("a", "b"), delete=True)
    assert found["two"] == Grant(insert=False, update=False, delete=False)


def test_register_of_two_minds_is_refused(registry):
    grants.register("one", update=True)

    with pytest.raises(ImproperlyConfigured, match="one are registered twice"):
        grants.register("one", update=["a"])


@pytest.mark.committed
def test_grants_are_given_exactly_and_taken_away(as_owner, registry):
    as_owner.execute("CREATE TABLE toy (id bigint, name text, size text)")

    def apply(**rules):
        registry.pop("toy", None)
        grants.register("toy", **rules)
        grants.apply_grants()
        return (
            rights(as_owner, "toy"),
            columns(as_owner, "toy", "UPDATE"),
            columns(as_owner, "toy", "INSERT"),
        )

    every = ["id", "name", "size"]
    assert apply() == (["INSERT", "SELECT"], [], every)
    assert apply(update=True, delete=True) == (
        ["DELETE", "INSERT", "SELECT", "UPDATE"],
        every,
        every,
    )
    assert apply(update=["name"]) == (["INSERT", "SELECT"], ["name"], every)
    assert apply(insert=["id"], update=["size", "name"]) == (["SELECT"], ["name", "size"], ["id"])
    assert apply(insert=False) == (["SELECT"], [], [])


@pytest.mark.committed
def test_table_that_nobody_registered_can_be_read_and_added_to(as_owner, registry):
    as_owner.execute("CREATE TABLE toy (id bigint); GRANT ALL ON toy TO chartroom_app")

    count = grants.apply_grants()

    assert (rights(as_owner, "toy"), count > 20) == (["INSERT", "SELECT"], True)


@pytest.mark.committed
def test_unknown_table_is_refused(as_owner, registry):
    grants.register("no_such_table", update=True)

    with pytest.raises(ImproperlyConfigured, match="no_such_table, which does not exist"):
        grants.apply_grants()


@pytest.mark.committed
@pytest.mark.parametrize("rule", [{"update": True}, {"delete": True}, {"update": ["role"]}])
def test_changing_rows_of_an_insert_only_table_is_refused(as_owner, registry, rule):
    registry.pop("audit_event")
    grants.register("audit_event", **rule)

    with pytest.raises(ImproperlyConfigured, match="audit_event is insert only"):
        grants.apply_grants()


@pytest.mark.django_db
def test_after_migrate_the_application_itself_applies_nothing(monkeypatch):
    monkeypatch.setattr(grants, "apply_grants", lambda: pytest.fail("applied"))

    grants.apply_after_migrate()


@pytest.mark.committed
def test_after_migrate_the_owner_applies(monkeypatch, as_owner):
    called = []
    monkeypatch.setattr(grants, "apply_grants", lambda: called.append(True))

    grants.apply_after_migrate(sender=None)

    assert called == [True]


@pytest.mark.committed
def test_after_migrate_without_the_applications_role_is_refused(as_owner, settings):
    settings.DATABASE_APP_ROLE = "nobody_here"

    with pytest.raises(ImproperlyConfigured, match="nobody_here does not exist"):
        grants.apply_after_migrate()


@pytest.mark.django_db
def test_application_may_do_nothing_beyond_the_registry(owner_connection):
    """The catalog itself, table by table, against the registry."""
    with owner_connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relispartition FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace"
        )
        tables = dict(cursor.fetchall())
        found = {name: set(rights(cursor, name)) for name in tables}

    for name, is_partition in tables.items():
        grant = grants.registered().get(name, Grant())
        expected = {"SELECT"}
        expected |= {"INSERT"} if grant.insert is True else set()
        expected |= {"UPDATE"} if grant.update is True else set()
        expected |= {"DELETE"} if grant.delete else set()
        assert found[name] == (set() if is_partition else expected), name


@pytest.mark.committed
def test_application_that_names_no_granted_column_is_refused(second_connection):
    with (
        second_connection.cursor() as app,
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
    ):
        app.execute("UPDATE auth_group SET name = 'x'")
