"""Who changed a row, newest first, and nothing of other rows."""

import pytest

from audit import context
from audit.selectors import changes
from audit.writes import attributing

pytestmark = pytest.mark.django_db


def rename(actor, user, name):
    with context.acting_as(actor), attributing(actor):
        user.display_name = name
        user.save(update_fields=["display_name"])


def test_updates_of_a_row_come_newest_first_with_their_authors(officer, clerk):
    rename(officer, clerk, "B")
    rename(clerk, clerk, "C")
    rename(clerk, officer, "D")

    found = changes.list_row_updates("accounts_user", clerk.pk, most=5)

    assert [(one.actor_id, one.columns) for one in found] == [
        (clerk.pk, ["display_name"]),
        (officer.pk, ["display_name"]),
    ]
    assert found[0].occurred_at > found[1].occurred_at
    assert changes.list_row_updates("accounts_user", clerk.pk, most=1) == found[:1]


def test_a_row_that_nobody_changed_has_none(clerk):
    assert changes.list_row_updates("accounts_user", clerk.pk + 1000, most=5) == []
