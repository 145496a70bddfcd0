"""People of the house: made, changed, disabled; their roles given and taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.errors import (
    AdministratorNotAlone,
    LastAdministrator,
    OwnRolesUnchangeable,
    OwnSignIn,
    PersonChangedMeanwhile,
    PersonTaken,
    PersonUnknown,
)
from accounts.models import User
from accounts.models.user import SYSTEM_USERNAME
from accounts.roles import Role
from accounts.rules import roles as rules
from accounts.selectors import second_factors
from accounts.selectors import users as selectors
from accounts.services import sessions
from audit.enums import Action
from audit.services import events
from audit.writes import attributed


@attributed
def create(
    *, actor: User, username: str, email: str, display_name: str, password: str, roles: list[str]
) -> User:
    """Make a person's sign-in with a first password that they must replace.

    Raises:
        AdministratorNotAlone: the administrator's role would stand beside another.
        PersonTaken: somebody has this sign-in name or address.
    """
    _check_held_together(roles)
    user = User(
        username=username, email=email, display_name=display_name, must_change_password=True
    )
    user.set_password(password)
    with _refusing_taken(Action.USER_CREATED, user):
        user.save()
    _record(Action.USER_CREATED, actor, user)
    _give_roles(actor, user, set(roles))
    return user


@attributed
def change(
    *,
    actor: User,
    user_id: int,
    email: str,
    display_name: str,
    roles: list[str] | None = None,
    seen: str | None = None,
) -> User:
    """Change how a person is shown and reached and, with `roles`, what they may do.

    `seen` is the fingerprint of the person as the form showed them.

    Raises:
        PersonUnknown: no such person.
        PersonChangedMeanwhile: somebody else saved in between.
        PersonTaken: somebody has this address.
        OwnRolesUnchangeable, AdministratorNotAlone, LastAdministrator: as `set_roles`; nothing is
            changed then.
    """
    _lock_roles()
    if seen is not None and seen != selectors.fingerprint(_lock(user_id)):
        raise PersonChangedMeanwhile(
            action=Action.USER_CHANGED, subject_type="user", subject_id=user_id
        )
    if roles is not None:
        set_roles(actor=actor, user_id=user_id, roles=roles)
    user = _lock(user_id)
    wanted = {"email": email, "display_name": display_name}
    changed = [field for field, value in wanted.items() if getattr(user, field) != value]
    for field in changed:
        setattr(user, field, wanted[field])
    if changed:
        with _refusing_taken(Action.USER_CHANGED, user):
            user.save(update_fields=changed)
        _record(Action.USER_CHANGED, actor, user, fields=changed)
    return user


@attributed
def set_roles(*, actor: User, user_id: int, roles: list[str]) -> User:
    """Give and take roles until the person holds exactly `roles`; open sessions end.

    Raises:
        PersonUnknown: no such person.
        OwnRolesUnchangeable: the actor is the person, and the roles are others.
        AdministratorNotAlone: the administrator's role would stand beside another.
        LastAdministrator: nobody active would be left to administer.
    """
    _lock_roles()
    user = _lock(user_id)
    check_roles(actor=actor, user=user, roles=roles)
    held, wanted = set(user.role_names), set(roles)
    if held == wanted:
        return user
    _take_roles(actor, user, held - wanted)
    _give_roles(actor, user, wanted - held)
    sessions.revoke(actor=actor, user_id=user.pk)
    return user


@attributed
def disable(*, actor: User, user_id: int) -> User:
    """Close a person's sign-in and end every session; the name is never given to another.

    Raises:
        PersonUnknown: no such person.
        OwnRolesUnchangeable: the actor is the person.
        LastAdministrator: nobody active would be left to administer.
    """
    _lock_roles()
    user = _lock(user_id)
    check_disable(actor=actor, user=user)
    if user.is_active:
        user.is_active, user.disabled_at, user.disabled_by = False, timezone.now(), actor
        user.save(update_fields=["is_active", "disabled_at", "disabled_by"])
        _record(Action.USER_DISABLED, actor, user)
        sessions.revoke(actor=actor, user_id=user.pk)
    return user


def check_roles(*, actor: User, user: User, roles: list[str]) -> None:
    """Check that a person may be given exactly `roles`.

    Raises:
        OwnRolesUnchangeable: the actor is the person, and the roles are others.
        AdministratorNotAlone: the administrator's role would stand beside another.
        LastAdministrator: nobody active would be left to administer.
    """
    held, wanted = set(user.role_names), set(roles)
    if held != wanted and user.pk == actor.pk:
        raise OwnRolesUnchangeable(
            action=Action.ROLE_GRANTED, subject_type="user", subject_id=user.pk
        )
    _check_held_together(roles, user.pk)
    if Role.ADMINISTRATOR in held - wanted:
        _check_administrator_remains(user, Action.ROLE_REVOKED)


def check_disable(*, actor: User, user: User) -> None:
    """Check that a person's sign-in may be closed, where it is open.

    Raises:
        OwnRolesUnchangeable: the actor is the person.
        LastAdministrator: nobody active would be left to administer.
    """
    if user.pk == actor.pk:
        raise OwnRolesUnchangeable(
            action=Action.USER_DISABLED, subject_type="user", subject_id=user.pk
        )
    if user.is_active and Role.ADMINISTRATOR in user.role_names:
        _check_administrator_remains(user, Action.USER_DISABLED)


def check_other(*, actor: User, user: User, action: Action) -> None:
    """Check that it is somebody else's sign-in that is reset.

    Raises:
        OwnSignIn: the actor is the person.
    """
    if user.pk == actor.pk:
        raise OwnSignIn(action=action, subject_type="user", subject_id=user.pk)


@attributed
def enable(*, actor: User, user_id: int) -> User:
    """Open a disabled sign-in again.

    Raises:
        PersonUnknown: no such person.
    """
    user = _lock(user_id)
    if not user.is_active:
        user.is_active, user.disabled_at, user.disabled_by = True, None, None
        user.save(update_fields=["is_active", "disabled_at", "disabled_by"])
        _record(Action.USER_ENABLED, actor, user)
    return user


@attributed
def reset_password(*, actor: User, user_id: int, password: str) -> User:
    """Give somebody who forgot theirs a first password again; open sessions end.

    Raises:
        PersonUnknown: no such person.
        OwnSignIn: the actor is the person.
    """
    user = _lock_other(actor, user_id, Action.PASSWORD_CHANGED)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _record(Action.PASSWORD_CHANGED, actor, user)
    sessions.revoke(actor=actor, user_id=user.pk)
    return user


@attributed
def remove_factors(*, actor: User, user_id: int) -> int:
    """Take the second factors of somebody who lost them; open sessions end. Return how many.

    Where a role requires one, the person sets up a new one at the next sign-in.

    Raises:
        PersonUnknown: no such person.
        OwnSignIn: the actor is the person.
    """
    user = _lock_other(actor, user_id, Action.SECOND_FACTOR_REMOVED)
    kinds = second_factors.list_kinds(user)
    removed, _ = Authenticator.objects.filter(user=user).delete()
    for kind in kinds:
        _record(Action.SECOND_FACTOR_REMOVED, actor, user, kind=kind)
    if removed:
        sessions.revoke(actor=actor, user_id=user.pk)
    return removed


@attributed
def end_sessions(*, actor: User, user_id: int) -> int:
    """End every session of a person; return how many there were.

    Raises:
        PersonUnknown: no such person.
    """
    return sessions.revoke(actor=actor, user_id=_lock(user_id).pk)


def _lock(user_id: int) -> User:
    people = User.objects.select_for_update().exclude(username=SYSTEM_USERNAME)
    user = people.filter(pk=user_id).first()
    if user is None:
        raise PersonUnknown(user_id)
    return user


@contextmanager
def _refusing_taken(action: Action, user: User) -> Iterator[None]:
    """Say which of two people was slower, where the database takes a name or address once."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise PersonTaken(
            action=action, subject_type="user" if user.pk else "", subject_id=user.pk or ""
        ) from error


def _lock_other(actor: User, user_id: int, action: Action) -> User:
    user = _lock(user_id)
    check_other(actor=actor, user=user, action=action)
    return user


def _lock_roles() -> None:
    # One lock for all, so that two people cannot each remove "the other" last administrator.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.roles'))")


def _check_held_together(roles: list[str], user_id: int | None = None) -> None:
    if not rules.may_be_held_together(roles):
        raise AdministratorNotAlone(user_id)


def _check_administrator_remains(user: User, action: Action) -> None:
    others = User.objects.filter(groups__name=Role.ADMINISTRATOR, is_active=True)
    if not others.exclude(pk=user.pk).exists():
        raise LastAdministrator(action=action, subject_type="user", subject_id=user.pk)


def _give_roles(actor: User, user: User, roles: set[str]) -> None:
    for role in sorted(roles):
        user.groups.add(Group.objects.get(name=role))
        _record(Action.ROLE_GRANTED, actor, user, role=str(role))


def _take_roles(actor: User, user: User, roles: set[str]) -> None:
    for role in sorted(roles):
        user.groups.remove(Group.objects.get(name=role))
        _record(Action.ROLE_REVOKED, actor, user, role=str(role))


def _record(action: Action, actor: User, user: User, **detail: object) -> None:
    events.record(
        action=action, actor=actor, subject_type="user", subject_id=user.pk, detail=detail
    )
