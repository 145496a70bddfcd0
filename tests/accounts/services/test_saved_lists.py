"""Saved lists: kept, changed and removed in one's own name; refused with nothing written."""

import pytest

from accounts.errors import (
    SavedListEmpty,
    SavedListNameTaken,
    SavedListsFull,
    SavedListStale,
    SavedListUnknown,
)
from accounts.models import SavedList
from accounts.roles import Role
from accounts.rules.saved_lists import MOST
from accounts.services import saved_lists, users
from audit.enums import Action
from audit.models import RowChange
from tests.factories.people import again, make_user
from tests.factories.units import make_unit
from tests.trail import count_events, events_of

pytestmark = pytest.mark.django_db
BOARD, LOG, PEOPLE = "requests_release:request_board", "audit:event_list", "accounts:user_list"


@pytest.fixture
def clerk():
    return make_user(Role.CLERK, display_name="Rosa Delgado")


def save(actor, name="Late", *, route=BOARD, query="due=late", is_shared=False, is_default=False):
    return saved_lists.create(
        actor=actor,
        route=route,
        query=query,
        name=name,
        is_shared=is_shared,
        is_default=is_default,
    )


def alter(actor, row, **facts):
    row = SavedList.objects.get(pk=row.pk)
    stated = {name: getattr(row, name) for name in ("name", "is_shared", "is_default", "version")}
    return saved_lists.change(actor=actor, list_id=row.pk, **stated | facts)


def stands():
    fields = ("owner_id", "route", "name", "query", "is_shared", "is_default", "version")
    return list(SavedList.objects.order_by("pk").values_list(*fields))


def changes_of(row):
    told = RowChange.objects.filter(table_name="accounts_savedlist", keys=[str(row.pk)])
    return [(one.operation, sorted(one.columns), one.actor_id) for one in told.order_by("id")]


def test_saved_list_is_kept_with_its_event_and_row_change(clerk):
    row = save(clerk, query="due=late&q=Smith&after=7&status=LOGGED", is_shared=True)

    assert stands() == [(clerk.pk, BOARD, "Late", "status=LOGGED&due=late", True, False, 1)]
    (event,) = events_of(Action.SAVED_LIST_CHANGED)
    assert (event.actor_id, event.basis, event.purpose, event.subject_type, event.subject_id) == (
        clerk.pk,
        "SELF",
        "OPERATIONS",
        "saved_list",
        str(row.pk),
    )
    assert event.detail == {"deed": "created", "list": BOARD, "shared": True}
    assert [(operation, by) for operation, _, by in changes_of(row)] == [("INSERT", clerk.pk)]


def test_change_is_told_by_its_columns(clerk):
    row = save(clerk)

    alter(clerk, row, name="Late ones", is_shared=True)

    assert stands() == [(clerk.pk, BOARD, "Late ones", "due=late", True, False, 2)]
    assert changes_of(row)[1:] == [("UPDATE", ["is_shared", "name", "version"], clerk.pk)]
    assert [event.detail["deed"] for event in events_of(Action.SAVED_LIST_CHANGED)] == [
        "created",
        "changed",
    ]


def test_removed_list_is_gone_and_its_removal_told(clerk):
    row = save(clerk)

    saved_lists.remove(actor=clerk, list_id=row.pk)

    assert stands() == []
    assert [(operation, by) for operation, _, by in changes_of(row)] == [
        ("INSERT", clerk.pk),
        ("DELETE", clerk.pk),
    ]
    assert events_of(Action.SAVED_LIST_CHANGED)[-1].detail == {
        "deed": "removed",
        "list": BOARD,
        "shared": False,
    }


def test_a_new_default_takes_the_place_of_the_old_one_of_the_same_list_and_person(clerk):
    colleague, auditor = make_user(Role.CLERK), make_user(Role.COMPLIANCE, Role.CLERK)
    first = save(clerk, is_default=True)
    theirs = save(colleague, is_default=True)
    log = save(auditor, route=LOG, query="outcome=REFUSED", is_default=True)
    other = save(auditor, is_default=True)

    second = save(clerk, "Mine", query="mine=1", is_default=True)

    defaults = set(SavedList.objects.filter(is_default=True).values_list("pk", flat=True))
    assert defaults == {second.pk, theirs.pk, log.pk, other.pk}
    assert changes_of(first)[1:] == [("UPDATE", ["is_default", "version"], clerk.pk)]

    alter(clerk, first, is_default=True)

    defaults = set(SavedList.objects.filter(is_default=True).values_list("pk", flat=True))
    assert defaults == {first.pk, theirs.pk, log.pk, other.pk}


@pytest.mark.parametrize("name", ["Late", "LATE", "late"])
def test_a_name_is_given_once_per_person_and_list(clerk, name):
    save(clerk)
    other = save(clerk, "Mine", query="mine=1")
    before = stands(), count_events()

    with pytest.raises(SavedListNameTaken):
        save(clerk, name, query="mine=1")
    with pytest.raises(SavedListNameTaken):
        alter(clerk, other, name=name)

    assert (stands(), count_events()) == before


def test_the_same_name_is_free_to_others_and_on_other_lists(clerk):
    auditor = make_user(Role.COMPLIANCE)

    save(clerk)
    save(auditor)
    save(auditor, route=LOG, query="outcome=REFUSED")

    assert [row[:3] for row in stands()] == [
        (clerk.pk, BOARD, "Late"),
        (auditor.pk, BOARD, "Late"),
        (auditor.pk, LOG, "Late"),
    ]


@pytest.mark.parametrize("query", ["", "list=all", "patient=7", "q=Smith", "due=SMITH", "after=9"])
def test_nothing_is_saved_where_no_filter_is_left(clerk, query):
    with pytest.raises(SavedListEmpty):
        save(clerk, query=query)

    assert (stands(), events_of(Action.SAVED_LIST_CHANGED)) == ([], [])


def test_a_number_is_kept_only_where_it_is_of_the_house(clerk):
    """A record number that somebody puts into an address in its place is nobody's."""
    auditor, unit = make_user(Role.COMPLIANCE), make_unit()

    kept = [
        save(auditor, f"{number} {route}", route=route, query=query).query
        for number, (route, query) in enumerate(
            (
                (LOG, f"person={clerk.pk}"),
                (LOG, "person=455099&outcome=REFUSED"),
                (BOARD, f"preparer={clerk.pk}"),
                (BOARD, "preparer=none"),
                (BOARD, "preparer=455099&due=late"),
                ("retention:home", f"unit={unit.pk}"),
                ("retention:home", "unit=455099&show=all"),
            )
        )
    ]

    assert kept == [
        f"person={clerk.pk}",
        "outcome=REFUSED",
        f"preparer={clerk.pk}",
        "preparer=none",
        "due=late",
        f"unit={unit.pk}",
        "show=all",
    ]


def test_a_person_keeps_so_many_of_one_list(clerk):
    for number in range(MOST):
        save(clerk, f"Number {number}")

    with pytest.raises(SavedListsFull):
        save(clerk, "One more")

    assert SavedList.objects.count() == MOST
    save(make_user(Role.CLERK), "One more")


ROLES_OF = {
    BOARD: {Role.CLERK, Role.SUPERVISOR, Role.COMPLIANCE},
    LOG: {Role.COMPLIANCE},
    PEOPLE: {Role.ADMINISTRATOR},
    "retention:home": {Role.CLERK, Role.SUPERVISOR, Role.COMPLIANCE},
    "encounters:provider_list": {Role.SUPERVISOR, Role.ADMINISTRATOR},
}
QUERIES = {
    BOARD: "due=late",
    LOG: "outcome=REFUSED",
    PEOPLE: "role=CLERK",
    "retention:home": "show=all",
    "encounters:provider_list": "state=in",
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("route", ROLES_OF)
def test_only_who_may_open_a_list_keeps_filters_of_it(role, route):
    person = make_user(role)

    if role in ROLES_OF[route]:
        assert save(person, route=route, query=QUERIES[route]).owner == person
        return
    with pytest.raises(SavedListUnknown):
        save(person, route=route, query=QUERIES[route])
    assert stands() == []


@pytest.mark.parametrize(
    "route",
    [
        "",
        "home",
        "nowhere:at_all",
        "patients:patient_search",
        "charts:chart_detail",
        "\0",
        "x" * 99,
    ],
)
def test_a_page_without_filters_to_save_is_unknown(clerk, route):
    with pytest.raises(SavedListUnknown):
        save(clerk, route=route)


def test_another_persons_list_is_as_unknown_as_a_missing_one(clerk):
    theirs = save(make_user(Role.CLERK), is_shared=True)
    before = stands()

    for list_id in (theirs.pk, 987_654_321):
        with pytest.raises(SavedListUnknown):
            saved_lists.remove(actor=clerk, list_id=list_id)
        with pytest.raises(SavedListUnknown):
            saved_lists.change(
                actor=clerk,
                list_id=list_id,
                name="Mine now",
                is_shared=False,
                is_default=False,
                version=1,
            )

    assert stands() == before


def test_list_of_a_role_that_was_taken_is_unknown_too(clerk):
    row = save(clerk)
    users.set_roles(actor=make_user(Role.ADMINISTRATOR), user_id=clerk.pk, roles=[])
    clerk = again(clerk)

    with pytest.raises(SavedListUnknown):
        saved_lists.remove(actor=clerk, list_id=row.pk)
    with pytest.raises(SavedListUnknown):
        alter(clerk, row, name="Other")


def test_change_of_an_older_state_is_refused(clerk):
    row = save(clerk)
    alter(clerk, row, name="In another window")
    before = stands(), count_events()

    with pytest.raises(SavedListStale):
        alter(clerk, row, name="Here", version=1)

    assert (stands(), count_events()) == before
