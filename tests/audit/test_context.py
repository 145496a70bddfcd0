import pytest

from audit import context
from audit.context import Origin
from audit.errors import NoActor

SOMEBODY = Origin(7, "Ana Mills", "CLERK", "r1", "s1", "10.0.0.1")


def test_current_outside_any_work_is_refused():
    with pytest.raises(NoActor, match="acting_as"):
        context.current()


def test_without_origin_there_is_no_actor_and_no_request():
    found = (context.has_origin(), context.current_actor_id(), context.current_request_id())

    assert found == (False, None, "")


def test_acting_names_origin_and_ends_with_the_block():
    with context.acting(SOMEBODY):
        inside = (
            context.has_origin(),
            context.current(),
            context.current_actor_id(),
            context.current_request_id(),
        )

    assert inside == (True, SOMEBODY, 7, "r1")
    assert context.has_origin() is False


def test_acting_ends_after_an_error():
    with pytest.raises(RuntimeError), context.acting(SOMEBODY):
        raise RuntimeError

    assert context.has_origin() is False


def test_system_origin_has_a_name_and_a_role_but_no_number():
    origin = context.system_origin("r9")

    assert origin == Origin(None, "system", "SYSTEM", "r9")
    assert len(context.system_origin().request_id) == 32


@pytest.mark.django_db
def test_acting_as_user_alone_makes_a_request_id(clerk):
    with context.acting_as(clerk) as origin:
        assert context.current() == origin
    with context.acting_as(clerk, request_id="job-5") as named:
        assert named.request_id == "job-5"

    assert origin == Origin(clerk.pk, "Ana Mills", "CLERK", origin.request_id)
    assert len(origin.request_id) == 32


@pytest.mark.django_db
def test_acting_as_another_user_keeps_request_session_and_address(clerk):
    with context.acting(SOMEBODY), context.acting_as(clerk) as origin:
        pass

    assert origin == Origin(clerk.pk, "Ana Mills", "CLERK", "r1", "s1", "10.0.0.1")


@pytest.mark.django_db
def test_acting_as_the_same_user_changes_only_the_request(clerk):
    with context.acting_as(clerk, request_id="r1"):
        with context.acting_as(clerk) as same:
            assert same.request_id == "r1"
        with context.acting_as(clerk, request_id="r2") as other:
            assert other.request_id == "r2"


@pytest.mark.django_db
@pytest.mark.parametrize("as_number", [True, False])
def test_acting_as_on_behalf_of_somebody_is_named(clerk, officer, as_number):
    with context.acting_as(clerk, on_behalf_of=officer.pk if as_number else officer) as origin:
        assert origin.on_behalf_of_id == officer.pk


@pytest.mark.parametrize("nobody", [None, object()])
def test_acting_as_nobody_is_refused(nobody):
    with pytest.raises(NoActor, match="not a saved user"), context.acting_as(nobody):
        pytest.fail("it went on")


@pytest.mark.django_db
def test_role_of_user_with_several_roles_is_sorted_and_asked_for_once(
    make_user, django_assert_num_queries
):
    user = make_user("both", "SUPERVISOR", "CLERK")

    with django_assert_num_queries(1):
        found = [context.role_of(user), context.role_of(user)]

    assert found == ["CLERK+SUPERVISOR"] * 2


class OtherUser:
    """A user as Django's own class is: no display name, roles in groups only."""

    pk = 3

    class groups:  # noqa: N801
        @staticmethod
        def values_list(name, flat):
            return []

    def get_username(self):
        return "bo"


def test_user_without_display_name_and_roles_is_described():
    user = OtherUser()

    assert (context.name_of(user), context.role_of(user)) == ("bo", "NONE")


def test_recipient_of_a_link_is_named_so_with_request_and_address_kept():
    around = Origin(3, "system", "SYSTEM", "r" * 32, client_address="10.0.0.1")

    with context.acting(around):
        origin = context.recipient_origin(on_behalf_of_id=7)

    assert origin == Origin(
        None,
        "Recipient, by link",
        "RECIPIENT",
        "r" * 32,
        client_address="10.0.0.1",
        on_behalf_of_id=7,
    )


def test_nobody_is_a_recipient_outside_a_request():
    with pytest.raises(NoActor):
        context.recipient_origin(on_behalf_of_id=None)
