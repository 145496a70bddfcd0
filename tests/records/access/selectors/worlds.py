"""Random worlds of units, charts, people and everything that leads from one to the other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import time_machine
from django.contrib.auth.models import Group, Permission
from django.utils import timezone
from hypothesis import strategies as st

from accounts.models import User
from audit.writes import attributing
from records.access.models import (
    BrokenGlass,
    Chart,
    ChartUnit,
    ChartUserPermission,
    CustodyUnit,
    Facility,
    UnitGroupPermission,
    UnitUserPermission,
)
from records.encounters.models import Encounter, Provider
from records.patients.models import Patient
from tests.factories import histories
from tests.factories.system import system

UNITS, PEOPLE, CHARTS = 4, 2, 6
ROLES = ("CLERK", "SUPERVISOR", "PROVIDER", "COMPLIANCE", "ADMINISTRATOR")
# Most people open charts; some hold several roles, some none that counts.
HELD = (
    {"CLERK"},
    {"PROVIDER"},
    {"CLERK", "PROVIDER"},
    {"SUPERVISOR"},
    {"ADMINISTRATOR"},
    set(),
)
RIGHTS = ("view_chart", "view_protected")
unit_numbers = st.integers(0, UNITS - 1)
people = st.integers(0, PEOPLE - 1)
charts = st.integers(0, CHARTS - 1)
# Until when a right lasts: for ever, tomorrow, or until a minute ago.
ends = st.sampled_from([None, 1440, -1])


def _but_the_end(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row[:-1]


def _chart_of(row: tuple[Any, ...]) -> Any:
    return row[1]


def some(*parts: Any, least: int = 1, most: int = 5) -> Any:
    return st.lists(st.tuples(*parts), min_size=least, max_size=most, unique_by=_but_the_end)


worlds = st.fixed_dictionaries(
    {
        "units": st.lists(st.tuples(st.booleans(), st.booleans()), min_size=UNITS, max_size=UNITS),
        "homes": st.lists(unit_numbers, min_size=CHARTS, max_size=CHARTS),
        "names": st.lists(st.sampled_from("ABC"), min_size=CHARTS, max_size=CHARTS),
        "statuses": st.lists(
            st.sampled_from(["OPEN", "OPEN", "MERGED", "DESTROYED"]),
            min_size=CHARTS,
            max_size=CHARTS,
        ),
        "extra": st.lists(st.tuples(charts, unit_numbers), max_size=4, unique=True),
        "roles": st.lists(st.sampled_from(HELD), min_size=PEOPLE, max_size=PEOPLE),
        "active": st.lists(
            st.sampled_from([True, True, True, False]), min_size=PEOPLE, max_size=PEOPLE
        ),
        "user_rights": some(people, unit_numbers, st.sampled_from(RIGHTS), ends, most=6),
        "role_rights": some(st.sampled_from(ROLES), unit_numbers, st.sampled_from(RIGHTS), ends),
        "chart_rights": some(people, charts, ends),
        "attending": st.lists(
            st.tuples(people, charts, st.sampled_from([None, 1, 59, 61]), st.booleans()),
            min_size=1,
            max_size=4,
            unique_by=_chart_of,
        ),
        "glass": some(people, charts, st.sampled_from([30, -1]), most=3),
    }
)


class World:
    """A world brought into the database; the caller rolls it back."""

    def __init__(self, drawn: dict[str, Any], users: list[User]) -> None:
        self.drawn, self.system, self.now = drawn, system(), timezone.now()
        self.users = users
        with attributing(self.system):
            self._make_units()
            self._make_charts()
            self._make_people()
            self._make_rights()
            self._make_ties()

    def _make_units(self) -> None:
        facility = Facility.objects.create(code="WORLD", name="World", state="ME")
        self.units = CustodyUnit.objects.bulk_create(
            CustodyUnit(
                facility=facility,
                code=f"W{number}",
                name=f"World {number}",
                is_listed=is_listed,
                is_active=is_active,
            )
            for number, (is_listed, is_active) in enumerate(self.drawn["units"])
        )

    def _make_charts(self) -> None:
        homes = [self.units[number] for number in self.drawn["homes"]]
        self.charts = Chart.objects.bulk_create(
            Chart(unit=unit, status=status)
            for unit, status in zip(homes, self.drawn["statuses"], strict=True)
        )
        Patient.objects.bulk_create(
            Patient(
                chart=chart,
                unit=chart.unit,
                mrn=f"{80000000 + chart.pk}",
                family=name,
                family_key=name,
                name_key=name,
                has_no_given_name=True,
                sex="UNKNOWN",
                birth_precision="UNKNOWN",
                registered_by=self.system,
            )
            for chart, name in zip(self.charts, self.drawn["names"], strict=True)
        )
        ChartUnit.objects.bulk_create(
            ChartUnit(chart=self.charts[chart], unit=self.units[unit])
            for chart, unit in self.drawn["extra"]
        )

    def _make_people(self) -> None:
        groups = {group.name: group for group in Group.objects.all()}
        for user, roles, is_active in zip(
            self.users, self.drawn["roles"], self.drawn["active"], strict=True
        ):
            user.groups.add(*(groups[name] for name in sorted(roles)))
            User.objects.filter(pk=user.pk).update(is_active=is_active)
        self.groups = groups

    def _given(self, model: type, codename: str, until: int | None) -> dict[str, Any]:
        return {
            "permission": Permission.objects.get(
                content_type__app_label="access",
                content_type__model=model.__name__.lower(),
                codename=codename,
            ),
            "granted_by": self.system,
            "reason": "World",
            "expires_at": None if until is None else self.now + timedelta(minutes=until),
        }

    def _make_rights(self) -> None:
        # Given nine days ago, so that some have run out by now.
        with time_machine.travel(self.now - timedelta(days=9), tick=False):
            self._give_rights()

    def _give_rights(self) -> None:
        for user, unit, right, until in self.drawn["user_rights"]:
            UnitUserPermission.objects.create(
                user=self.users[user],
                content_object=self.units[unit],
                **self._given(CustodyUnit, right, until),
            )
        for role, unit, right, until in self.drawn["role_rights"]:
            UnitGroupPermission.objects.create(
                group=self.groups[role],
                content_object=self.units[unit],
                **self._given(CustodyUnit, right, until),
            )
        for user, chart, until in self.drawn["chart_rights"]:
            ChartUserPermission.objects.create(
                user=self.users[user],
                content_object=self.charts[chart],
                **self._given(Chart, "view_chart", until),
            )

    def _make_ties(self) -> None:
        providers = [Provider.objects.create(name=user.username, user=user) for user in self.users]
        for number, (user, chart, ended, is_cancelled) in enumerate(self.drawn["attending"]):
            end = None if ended is None or is_cancelled else self.now - timedelta(days=ended)
            visit = Encounter.objects.create(
                patient_id=self.charts[chart].pk,
                unit=self.charts[chart].unit,
                kind="OUTPATIENT",
                status="DISCHARGED" if end else "IN_PROGRESS",
                account_number=f"W{number}",
                started_at=self.now - timedelta(days=90),
                ended_at=end,
                attending=providers[user],
                created_by=self.system,
            )
            histories.begin(visit, self.system)
            if is_cancelled:
                histories.take(visit, "CANCELLED", self.system)
        for user, chart, minutes in self.drawn["glass"]:
            end = self.now + timedelta(minutes=minutes)
            BrokenGlass.objects.create(
                user=self.users[user],
                chart=self.charts[chart],
                reason="A world in an emergency",
                started_at=end - timedelta(minutes=60),
                ends_at=end,
            )
