"""People of the house: every change is one event, refusals change nothing."""

import threading

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection
from django.db.utils import InternalError, ProgrammingError

from accounts.errors import (
    AdministratorNotAlone,
    LastAdministrator,
    OwnRolesUnchangeable,
    OwnSignIn,
    PersonUnknown,
)
from accounts.models import User
from accounts.roles import PERMISSIONS, Role
from accounts.selectors import users as selectors
from accounts.selectors.users import get_system_user
from accounts.services import users
from audit.enums import Action, Outcome
from audit.models import RowChange
from audit.writes import attributing
from tests.factories.people import PASSWORD, again, make_user
from tests.trail import count_events, events_of, facts_of

NEW = "a new sentence that is easy to keep"


@pytest.fixture
def administrator(db):
    return make_user(Role.ADMINISTRATOR, display_name="Adam Reyes")


@pytest.fixture
def clerk(db):
    return make_user(Role.CLERK, display_name="Rosa Delgado")


def roles_of(user):
    return sorted(again(user).role_names)


def test_create_makes_a_sign_in_whose_password_must_be_replaced(administrator):
    user = users.create(
        actor=administrator,
        username="rosa",
        email="rosa@example.org",
        display_name="Rosa Delgado",
        password=PASSWORD,
        roles=["SUPERVISOR", "CLERK"],
    )

    assert (user.is_active, user.must_change_password, user.is_superuser) == (True, True, False)
    assert user.check_password(PASSWORD)
    assert roles_of(user) == ["CLERK", "SUPERVISOR"]
    mine = [
        fact
        for fact in facts_of(Action.USER_CREATED, Action.ROLE_GRANTED)
        if fact[3] == str(user.pk)
    ]
    done = (Outcome.SUCCESS, administrator.pk, str(user.pk))
    assert mine == [
        (Action.USER_CREATED, *done, {}),
        (Action.ROLE_GRANTED, *done, {"role": "CLERK"}),
        (Action.ROLE_GRANTED, *done, {"role": "SUPERVISOR"}),
    ]


def test_change_tells_the_names_of_changed_fields_only(administrator, clerk):
    users.change(
        actor=administrator,
        user_id=clerk.pk,
        email="rosa.d@example.org",
        display_name="Rosa Delgado",
    )

    assert again(clerk).email == "rosa.d@example.org"
    assert facts_of(Action.USER_CHANGED) == [
        (
            Action.USER_CHANGED,
            Outcome.SUCCESS,
            administrator.pk,
            str(clerk.pk),
            {"fields": ["email"]},
        )
    ]


def test_change_of_nothing_writes_nothing(administrator, clerk):
    before = count_events(), RowChange.objects.count()

    users.change(
        actor=administrator,
        user_id=clerk.pk,
        email=clerk.email,
        display_name=clerk.display_name,
        roles=["CLERK"],
    )

    assert (count_events(), RowChange.objects.count()) == before


@pytest.mark.parametrize(
    "wanted, granted, revoked",
    [
        ([], [], ["CLERK"]),
        (["CLERK", "PROVIDER"], ["PROVIDER"], []),
        (["COMPLIANCE", "SUPERVISOR"], ["COMPLIANCE", "SUPERVISOR"], ["CLERK"]),
    ],
)
def test_set_roles_gives_and_takes_until_they_are_as_wanted(
    administrator, clerk, wanted, granted, revoked
):
    before = len(events_of(Action.ROLE_GRANTED))

    users.set_roles(actor=administrator, user_id=clerk.pk, roles=wanted)

    assert roles_of(clerk) == wanted
    assert [e.detail["role"] for e in events_of(Action.ROLE_GRANTED)[before:]] == granted
    assert [e.detail["role"] for e in events_of(Action.ROLE_REVOKED)] == revoked
    assert again(clerk).get_all_permissions() == frozenset().union(
        *(PERMISSIONS[role] for role in wanted)
    )


MIXED = [
    ["ADMINISTRATOR", "CLERK"],
    ["PROVIDER", "ADMINISTRATOR"],
    ["CLERK", "SUPERVISOR", "ADMINISTRATOR"],
]


@pytest.mark.parametrize("roles", MIXED, ids="+".join)
def test_nobody_is_made_administrator_with_another_role(administrator, roles):
    before = count_events(), User.objects.count(), RowChange.objects.count()

    with pytest.raises(AdministratorNotAlone) as refused:
        users.create(
            actor=administrator,
            username="rosa",
            email="rosa@example.org",
            display_name="Rosa Delgado",
            password=PASSWORD,
            roles=roles,
        )

    error = refused.value
    assert (error.reason, error.status) == ("ADMINISTRATOR_NOT_ALONE", 422)
    assert (error.action, error.subject_type, error.subject_id) == (Action.ROLE_GRANTED, "", "")
    assert (count_events(), User.objects.count(), RowChange.objects.count()) == before


@pytest.mark.parametrize("roles", MIXED, ids="+".join)
@pytest.mark.parametrize("held", [[], ["CLERK"], ["ADMINISTRATOR"]], ids=lambda held: str(held))
def test_nobody_becomes_administrator_beside_another_role(administrator, held, roles):
    person = make_user(*held)
    before = count_events(), RowChange.objects.count()

    with pytest.raises(AdministratorNotAlone) as refused:
        users.change(
            actor=administrator,
            user_id=person.pk,
            email="new@example.org",
            display_name="New",
            roles=roles,
        )

    assert (refused.value.subject_type, refused.value.subject_id) == ("user", str(person.pk))
    assert (roles_of(person), again(person).email) == (held, person.email)
    assert (count_events(), RowChange.objects.count()) == before


@pytest.mark.parametrize(
    ("held", "wanted"),
    [(["CLERK", "PROVIDER"], ["ADMINISTRATOR"]), (["ADMINISTRATOR"], ["CLERK", "SUPERVISOR"])],
)
def test_administrator_is_exchanged_for_other_roles_in_one_step(administrator, held, wanted):
    person = make_user(*held)

    users.set_roles(actor=administrator, user_id=person.pk, roles=wanted)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert roles_of(person) == wanted


@pytest.mark.parametrize(
    "roles", [["ADMINISTRATOR", "CLERK"], ["CLERK"], []], ids=["more", "other", "none"]
)
def test_nobody_changes_their_own_roles(administrator, roles):
    make_user(Role.ADMINISTRATOR)
    before = count_events()

    with pytest.raises(OwnRolesUnchangeable) as refused:
        users.change(
            actor=administrator,
            user_id=administrator.pk,
            email="new@example.org",
            display_name="New",
            roles=roles,
        )

    assert (refused.value.reason, refused.value.action) == ("OWN_ROLES", Action.ROLE_GRANTED)
    assert (roles_of(administrator), again(administrator).display_name) == (
        ["ADMINISTRATOR"],
        "Adam Reyes",
    )
    assert count_events() == before


def test_own_name_may_be_changed_with_the_roles_as_they_are(administrator):
    users.change(
        actor=administrator,
        user_id=administrator.pk,
        email=administrator.email,
        display_name="Adam R.",
        roles=["ADMINISTRATOR"],
    )

    assert again(administrator).display_name == "Adam R."


LAST = [
    lambda actor, user: users.set_roles(actor=actor, user_id=user.pk, roles=["CLERK"]),
    lambda actor, user: users.disable(actor=actor, user_id=user.pk),
]


@pytest.mark.parametrize("act", LAST, ids=["role", "disable"])
def test_last_active_administrator_stays(administrator, clerk, act):
    gone = make_user(Role.ADMINISTRATOR)
    users.disable(actor=administrator, user_id=gone.pk)
    before = count_events()

    with pytest.raises(LastAdministrator):
        act(clerk, administrator)

    assert roles_of(administrator) == ["ADMINISTRATOR"]
    assert again(administrator).is_active is True
    assert count_events() == before


@pytest.mark.parametrize("act", LAST, ids=["role", "disable"])
def test_administrator_goes_when_another_stays(administrator, act):
    second = make_user(Role.ADMINISTRATOR)

    act(second, administrator)

    assert not User.objects.filter(
        pk=administrator.pk, is_active=True, groups__name="ADMINISTRATOR"
    ).exists()


def test_disable_closes_the_sign_in_and_says_who_and_when(administrator, clerk):
    users.disable(actor=administrator, user_id=clerk.pk)
    users.disable(actor=administrator, user_id=clerk.pk)

    closed = again(clerk)
    assert (closed.is_active, closed.disabled_by_id) == (False, administrator.pk)
    assert closed.disabled_at is not None
    assert closed.get_all_permissions() == frozenset()
    assert facts_of(Action.USER_DISABLED) == [
        (Action.USER_DISABLED, Outcome.SUCCESS, administrator.pk, str(clerk.pk), {})
    ]


def test_nobody_disables_themselves(administrator):
    make_user(Role.ADMINISTRATOR)

    with pytest.raises(OwnRolesUnchangeable) as refused:
        users.disable(actor=administrator, user_id=administrator.pk)

    assert refused.value.action == Action.USER_DISABLED
    assert again(administrator).is_active is True


def test_enable_opens_a_closed_sign_in_once(administrator, clerk):
    users.disable(actor=administrator, user_id=clerk.pk)

    users.enable(actor=administrator, user_id=clerk.pk)
    users.enable(actor=administrator, user_id=clerk.pk)

    opened = again(clerk)
    assert (opened.is_active, opened.disabled_at, opened.disabled_by) == (True, None, None)
    assert [event.subject_id for event in events_of(Action.USER_ENABLED)] == [str(clerk.pk)]


def test_reset_gives_a_first_password_again(administrator, clerk):
    users.reset_password(actor=administrator, user_id=clerk.pk, password=NEW)

    fresh = again(clerk)
    assert (fresh.check_password(NEW), fresh.must_change_password) == (True, True)
    assert facts_of(Action.PASSWORD_CHANGED) == [
        (Action.PASSWORD_CHANGED, Outcome.SUCCESS, administrator.pk, str(clerk.pk), {})
    ]


@pytest.mark.parametrize(
    "act",
    [
        lambda user: users.reset_password(actor=user, user_id=user.pk, password=NEW),
        lambda user: users.remove_factors(actor=user, user_id=user.pk),
    ],
    ids=["password", "factors"],
)
def test_nobody_resets_their_own_sign_in(administrator, act):
    before = count_events()

    with pytest.raises(OwnSignIn):
        act(administrator)

    assert again(administrator).check_password(PASSWORD)
    assert count_events() == before


DEEDS = {
    "change": lambda a, i: users.change(actor=a, user_id=i, email="x@y.org", display_name="X"),
    "set_roles": lambda a, i: users.set_roles(actor=a, user_id=i, roles=["ADMINISTRATOR"]),
    "disable": lambda a, i: users.disable(actor=a, user_id=i),
    "enable": lambda a, i: users.enable(actor=a, user_id=i),
    "reset_password": lambda a, i: users.reset_password(actor=a, user_id=i, password=NEW),
    "remove_factors": lambda a, i: users.remove_factors(actor=a, user_id=i),
    "end_sessions": lambda a, i: users.end_sessions(actor=a, user_id=i),
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("whom", ["system", "nobody"])
def test_the_system_and_nobody_are_out_of_reach(administrator, deed, whom):
    user_id = get_system_user().pk if whom == "system" else 987654
    before = count_events(), get_system_user().password

    with pytest.raises(PersonUnknown) as refused:
        DEEDS[deed](administrator, user_id)

    assert (refused.value.status, refused.value.subject_id) == (404, str(user_id))
    system = get_system_user()
    assert (count_events(), system.password) == before
    assert (system.is_active, system.role_names) == (False, frozenset())


def test_saving_oneself_is_attributed_to_oneself(clerk):
    before = RowChange.objects.count()

    clerk.set_password(NEW)
    clerk.save()

    rows = RowChange.objects.order_by("id")[before:]
    assert [(row.table_name, row.operation, row.actor_id) for row in rows] == [
        ("accounts_user", "UPDATE", clerk.pk)
    ]


def test_saving_inside_a_service_is_attributed_to_its_actor(administrator, clerk):
    before = RowChange.objects.count()

    with attributing(administrator):
        clerk.display_name = "Rosa D."
        clerk.save()

    assert [row.actor_id for row in RowChange.objects.order_by("id")[before:]] == [administrator.pk]


@pytest.mark.parametrize(
    "write",
    [
        lambda user: User.objects.filter(pk=user.pk).update(display_name="Eve"),
        lambda user: user.groups.add(Group.objects.get(name="COMPLIANCE")),
        lambda user: user.groups.clear(),
        lambda user: User.objects.bulk_create([User(username="eve", email="eve@example.org")]),
    ],
    ids=["update", "add-role", "clear-roles", "bulk"],
)
@pytest.mark.promise
def test_write_that_names_nobody_is_refused(clerk, write):
    with pytest.raises((InternalError, IntegrityError, ProgrammingError)):
        write(clerk)


@pytest.mark.committed
@pytest.mark.parametrize("act", LAST, ids=["role", "disable"])
def test_two_administrators_cannot_remove_each_other_at_the_same_moment(act):
    pair = [make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)]
    barrier = threading.Barrier(2)
    refused = []

    def run(actor, other):
        barrier.wait()
        try:
            act(actor, other)
        except LastAdministrator:
            refused.append(actor.pk)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(pair[0], pair[1])),
        threading.Thread(target=run, args=(pair[1], pair[0])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert selectors.list_holders("ADMINISTRATOR").count() == 1
