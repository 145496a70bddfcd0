import pytest

from accounts.selectors import changes
from accounts.services import users
from audit.models import RowChange
from printing.words import moment
from tests import builders

pytestmark = pytest.mark.django_db


def test_last_change_is_told_with_who_and_when():
    house = builders.build_house()
    users.set_roles(actor=house.administrator, user_id=house.clerk.pk, roles=["SUPERVISOR"])
    users.disable(actor=house.compliance, user_id=house.clerk.pk)

    said = changes.describe_last_change("accounts_user", house.clerk.pk, "this person")

    at = RowChange.objects.filter(table_name="accounts_user", operation="UPDATE").latest("id")
    when = moment(at.occurred_at)
    assert said == f"Cora Hale changed this person on {when}, while your form was open."


def test_row_that_nobody_is_known_to_have_changed_was_changed_by_somebody():
    said = changes.describe_last_change("accounts_user", 987654, "this person")

    assert said == "Somebody changed this person while your form was open."
