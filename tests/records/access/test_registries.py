"""What rooms above register with access: flags, work, relationships, directory lines."""

from datetime import UTC, datetime

import pytest

from accounts.roles import Role
from audit import subjects
from audit.enums import Basis
from records.access import directory, finders, flags, relationships, worklists
from records.access.finders import Finder, Hit
from records.access.flags import Flag
from records.access.relationships import Relationship
from records.access.services import glass
from records.access.worklists import Load, TeamQueue, TeamSource, WorkItem, WorkSource
from tests.factories.people import again, make_user


def test_flags_of_all_rooms_stand_in_a_fixed_order(monkeypatch):
    monkeypatch.setattr(flags, "_providers", {})
    flags.register("b", lambda patient_id: [Flag("Hold", url=f"/holds/{patient_id}/")])
    flags.register("a", lambda patient_id: [Flag("VIP"), Flag("Deceased", tone="neutral")])
    flags.register("c", lambda patient_id: [])

    assert flags.list_flags(5) == [
        Flag("VIP", tone="warn", icon="flag", url=""),
        Flag("Deceased", tone="neutral"),
        Flag("Hold", url="/holds/5/"),
    ]


def test_flag_provider_registered_again_replaces_itself(monkeypatch):
    monkeypatch.setattr(flags, "_providers", {})
    flags.register("a", lambda patient_id: [Flag("Old")])
    flags.register("a", lambda patient_id: [Flag("New")])

    assert flags.list_flags(5) == [Flag("New")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role, expected",
    [
        (Role.CLERK, ["Charts"]),
        (Role.COMPLIANCE, ["Charts", "Log"]),
        (Role.ADMINISTRATOR, []),
        (None, []),
    ],
)
def test_work_is_shown_to_holders_of_its_permission_by_name(monkeypatch, role, expected):
    monkeypatch.setattr(worklists, "_sources", {})
    item = WorkItem("Why", "What", "/", datetime(2026, 11, 23, tzinfo=UTC))
    for name, permission in (("Log", "audit.view_event"), ("Charts", "access.open_chart")):
        worklists.register(WorkSource(name, permission, "home", lambda _: 1, lambda _, __: [item]))

    found = worklists.sources_for(make_user(*([role] if role else [])))

    assert [source.name for source in found] == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "role, expected",
    [(Role.SUPERVISOR, [("One", 5, 2), ("Two", 0, 0)]), (Role.CLERK, []), (None, [])],
)
def test_team_queues_are_shown_to_who_leads_the_desk(monkeypatch, role, expected):
    monkeypatch.setattr(worklists, "_teams", {})
    one = TeamQueue("One", "/one/", (Load("Ana", 4, 2, "/a/", "/a/late/"), Load("", 1, 0, "/n/")))
    two = TeamQueue("Two", "/two/", ())
    for name, queue in (("b", two), ("a", one)):
        worklists.register_team(TeamSource(name, "access.grant_chart", lambda _, q=queue: [q]))

    found = worklists.list_team_queues(make_user(*([role] if role else [])))

    assert [(queue.name, queue.waiting, queue.late) for queue in found] == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "expected"),
    [(Role.CLERK, ["a 7"]), (Role.COMPLIANCE, ["a 7", "b 7"]), (Role.ADMINISTRATOR, [])],
)
def test_numbers_are_looked_up_for_holders_of_their_permission_by_name(monkeypatch, role, expected):
    monkeypatch.setattr(finders, "_finders", {})
    for name, permission in (("b", "audit.view_event"), ("a", "access.open_chart")):
        finders.register(
            Finder(name, permission, lambda user, text, name=name: [Hit(f"{name} {text}", "", "/")])
        )

    assert [hit.label for hit in finders.find_all(make_user(role), "7")] == expected


def test_relationships_are_weighed_care_before_work_then_by_name(monkeypatch):
    monkeypatch.setattr(relationships, "_relationships", {})
    for name, basis in (("b", Basis.WORK), ("z", Basis.CARE), ("a", Basis.WORK)):
        relationships.register(
            Relationship(
                name,
                basis,
                one=f"SELECT 1 FROM {name} WHERE u = %(user)s AND c = %(chart)s",
                many=f"SELECT c FROM {name}",
            )
        )

    assert [item.name for item in relationships.registered()] == ["z", "a", "b"]
    assert relationships.columns_sql().count(", EXISTS (SELECT 1 FROM") == 3
    assert relationships.list_sql() == (
        " UNION SELECT c FROM z UNION SELECT c FROM a UNION SELECT c FROM b"
    )
    assert relationships.where_sql("p.chart_id").split(" UNION ALL ")[1:] == [
        f"SELECT 1 FROM {name} WHERE u = %(scope_user)s AND c = p.chart_id" for name in "zab"
    ]


def test_without_relationships_nothing_is_added(monkeypatch):
    monkeypatch.setattr(relationships, "_relationships", {})

    assert (relationships.columns_sql(), relationships.list_sql()) == ("", "")
    assert relationships.where_sql("x") == ""


def test_directory_line_comes_from_the_room_of_patients(house, patient):
    line = directory.get_line(patient.pk)

    assert (line.family, line.given, line.mrn, line.unit_name) == (
        "O'Connell",
        "Freda",
        patient.mrn,
        "Main file room",
    )
    assert directory.get_line(987654) is None


def test_without_that_room_there_is_no_line(monkeypatch):
    monkeypatch.setattr(directory, "_providers", [])

    assert directory.get_line(5) is None


def test_log_names_units_and_emergency_accesses(house, patient):
    row = glass.break_glass(
        actor=again(house.stranger), patient_id=patient.pk, reason="Brought in unconscious"
    )

    assert subjects.labels("unit", [house.main.pk, "x"]) == {
        str(house.main.pk): "Main file room",
        "x": "unit x",
    }
    assert subjects.labels("glass", [row.pk]) == {str(row.pk): "emergency access of Stella Moran"}
    assert subjects.url("glass", row.pk) == f"/access/glass/{row.pk}/"
