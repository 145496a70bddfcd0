"""Rights of a house at work: each leads to something that is there, and belongs to a person."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from accounts.selectors.users import get_system_user
from records.access.models import ChartUserPermission, UnitGroupPermission, UnitUserPermission
from tests.builders import build_house

TABLES = (ChartUserPermission, UnitGroupPermission, UnitUserPermission)


@pytest.mark.goal("G-10")
@pytest.mark.django_db
def test_rights_of_a_house_at_work_lead_somewhere_and_belong_to_somebody():
    house = build_house()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, count(*) FROM pg_constraint"
            " WHERE contype = 'f' AND convalidated AND conrelid = ANY (%s::regclass[]) GROUP BY 1",
            [[model._meta.db_table for model in TABLES]],
        )
        keys = dict(cursor.fetchall())
    holders = set(UnitUserPermission.objects.values_list("user_id", flat=True))
    holders |= set(ChartUserPermission.objects.values_list("user_id", flat=True))

    assert keys == {model._meta.db_table: 4 for model in TABLES}
    assert holders == {house.clerk.pk, house.supervisor.pk, house.compliance.pk}
    assert get_system_user().pk not in holders
    assert settings.ANONYMOUS_USER_NAME is None
    assert not User.objects.filter(username__iexact="AnonymousUser").exists()
