import pytest
from django.db import connection, transaction

from accounts.models import User
from audit import context
from audit.errors import NoActor
from audit.models import RowChange
from audit.writes import attributed, attributing, is_attributed

pytestmark = pytest.mark.django_db


def settings_now():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('chartroom.actor', true),"
            " current_setting('chartroom.request', true)"
        )
        return tuple(value or "" for value in cursor.fetchone())


@attributed
def rename(*, actor, user, name):
    User.objects.filter(pk=user.pk).update(display_name=name)
    return settings_now()


def test_attributed_service_carries_actor_and_request_into_row_changes(clerk, officer):
    with context.acting_as(officer, request_id="r1"):
        inside = rename(actor=officer, user=clerk, name="Ana Mill")

    assert inside == (str(officer.pk), "r1")
    change = RowChange.objects.latest("id")
    found = (
        change.table_name,
        change.operation,
        change.keys,
        change.columns,
        change.actor_id,
        change.request_id,
    )
    assert found == (
        "accounts_user",
        "UPDATE",
        [str(clerk.pk)],
        ["display_name"],
        officer.pk,
        "r1",
    )


def test_settings_are_given_back_after_the_block(officer):
    with attributing(officer):
        assert is_attributed() is True

    assert settings_now() == ("", "")
    assert is_attributed() is False


def test_inner_actor_gives_the_outer_one_back(clerk, officer):
    with context.acting_as(officer, request_id="r1"), attributing(officer):
        with attributing(clerk):
            inner = settings_now()
        after = settings_now()

    assert inner == (str(clerk.pk), "r1")
    assert after == (str(officer.pk), "r1")


def test_inner_actor_that_fails_gives_the_outer_one_back(clerk, officer):
    with context.acting_as(officer, request_id="r1"), attributing(officer):
        with pytest.raises(RuntimeError), attributing(clerk):
            raise RuntimeError
        after = settings_now()
        assert is_attributed() is True

    assert after == (str(officer.pk), "r1")


def test_same_actor_inside_sets_nothing_again(officer, django_assert_num_queries):
    savepoint_and_release = 2

    with (
        context.acting_as(officer),
        attributing(officer),
        django_assert_num_queries(savepoint_and_release),
        attributing(officer),
    ):
        assert context.current_actor_id() == officer.pk


def test_attributing_names_the_actor_of_events_too(clerk, officer):
    with context.acting_as(officer, request_id="r1"), attributing(clerk):
        origin = context.current()

    assert (origin.actor_id, origin.request_id) == (clerk.pk, "r1")


@pytest.mark.parametrize("nobody", [None, User(username="new")])
def test_write_without_actor_is_refused(nobody, clerk):
    with pytest.raises(NoActor, match="saved user"):
        rename(actor=nobody, user=clerk, name="x")


def test_service_called_without_actor_is_refused(clerk):
    with pytest.raises(NoActor):
        rename(user=clerk, name="x")


@pytest.mark.committed
def test_connection_that_is_kept_does_not_keep_the_actor(officer):
    with attributing(officer):
        inside = settings_now()

    assert inside[0] == str(officer.pk)
    assert settings_now() == ("", "")
    with transaction.atomic():
        assert settings_now() == ("", "")
