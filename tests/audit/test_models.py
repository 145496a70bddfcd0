import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from audit import context
from audit.enums import Action
from audit.models import Event
from audit.services import events


@pytest.mark.django_db
def test_transaction_number_is_read_and_looked_up_as_a_number():
    with context.acting(context.system_origin()):
        number = events.record(action=Action.CHART_OPENED)

    txid = Event.objects.get(pk=number).txid

    assert isinstance(txid, int)
    assert Event.objects.filter(txid=txid).count() == 1
    assert Event(txid=None).txid is None
    field = Event._meta.get_field("txid")
    assert (field.get_db_prep_value(None, connection), field.from_db_value(None, None, None)) == (
        None,
        None,
    )


@pytest.mark.django_db
def test_models_say_what_the_tables_are():
    """Every column of a table is a field, in its type; none is missing on either side."""
    kinds = {
        "bigint": "bigint",
        "integer": "integer",
        "text": "text",
        "timestamp with time zone": "timestamp with time zone",
    }
    for model in apps.get_app_config("audit").get_models():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
                " WHERE attrelid = %s::regclass AND attnum > 0",
                [model._meta.db_table],
            )
            columns = dict(cursor.fetchall())
        fields = {field.column: field.db_type(connection) for field in model._meta.fields}
        assert {name: kinds.get(kind, kind) for name, kind in columns.items()} == fields


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", "audit", "--check", "--dry-run")

    assert "No changes detected" in capsys.readouterr().out
