"""Which saved lists a page offers."""

import pytest

from accounts.errors import SavedListUnknown
from accounts.roles import Role
from accounts.rules.saved_lists import MOST
from accounts.selectors import saved_lists as selectors
from accounts.services import users
from audit import subjects
from tests.accounts.services.test_saved_lists import BOARD, LOG, save
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def offered(user, route=BOARD):
    return [row.name for row in selectors.list_offered(user, route)]


def test_ones_own_come_first_then_what_others_share_each_by_name():
    reader, other = make_user(Role.CLERK), make_user(Role.CLERK)
    for name in ("mine", "Late"):
        save(reader, name)
    for name in ("all late", "Appeals"):
        save(other, name, is_shared=True)
    save(other, "Private")
    save(make_user(Role.COMPLIANCE), "Refusals", route=LOG, query="outcome=REFUSED", is_shared=True)

    assert offered(reader) == ["Late", "mine", "all late", "Appeals"]
    assert offered(other) == ["all late", "Appeals", "Private"]
    assert offered(reader, "retention:home") == []


def test_what_somebody_shared_goes_with_their_sign_in():
    reader, other = make_user(Role.CLERK), make_user(Role.CLERK)
    save(other, "Appeals", is_shared=True)
    administrator = make_user(Role.ADMINISTRATOR)

    users.disable(actor=administrator, user_id=other.pk)
    assert offered(reader) == []

    users.enable(actor=administrator, user_id=other.pk)
    assert offered(reader) == ["Appeals"]


def test_one_more_than_is_shown_tells_that_there_are_more(django_assert_num_queries):
    reader = make_user(Role.CLERK)
    save(reader, "Own")
    for _ in range(4):
        other = make_user(Role.CLERK)
        for number in range(MOST):
            save(other, f"Shared {number}", is_shared=True)

    with django_assert_num_queries(1):
        rows = selectors.list_offered(reader, BOARD)
        assert [row.owner.display_name for row in rows][:1] == [reader.display_name]

    assert len(rows) == MOST + selectors.MOST_SHARED + 1


def test_only_ones_own_is_got():
    reader, other = make_user(Role.CLERK), make_user(Role.CLERK)
    own, theirs = save(reader), save(other, is_shared=True)

    assert selectors.get_own(reader, own.pk) == own
    with pytest.raises(SavedListUnknown):
        selectors.get_own(reader, theirs.pk)


def test_name_is_taken_in_any_case_but_for_the_row_itself():
    reader = make_user(Role.CLERK)
    own = save(reader)

    assert selectors.is_name_taken(reader, BOARD, "LATE") is True
    assert selectors.is_name_taken(reader, BOARD, "LATE", apart_from=own.pk) is False
    assert selectors.is_name_taken(reader, LOG, "Late") is False
    assert selectors.is_name_taken(make_user(Role.CLERK), BOARD, "Late") is False


def test_log_calls_a_saved_list_by_its_number():
    row = save(make_user(Role.CLERK), "A name that the log does not show")

    assert subjects.labels("saved_list", [row.pk]) == {str(row.pk): f"saved list {row.pk}"}
