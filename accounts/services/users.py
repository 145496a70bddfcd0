"""People of the house: made, changed, disabled; their roles given and taken."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from accounts.errors import LastAdministrator, OwnRolesUnchangeable
from accounts.models import User
from accounts.roles import Role
from audit.enums import Action
from audit.services import events
from audit.writes import attributed


@attributed
def create(
    *, actor: User, username: str, email: str, display_name: str, password: str, roles: list[str]
) -> User:
    """Make a person's sign-in with a first password that they must replace."""
    user = User(
        username=username, email=email, display_name=display_name, must_change_password=True
    )
    user.set_password(password)
    user.save()
    events.record(action=Action.USER_CREATED, actor=actor, subject_type="user", subject_id=user.pk)
    set_roles(actor=actor, user_id=user.pk, roles=roles)
    return user


@attributed
def change(*, actor: User, user_id: int, email: str, display_name: str) -> User:
    """Change how a person is shown and reached."""
    user = User.objects.select_for_update().get(pk=user_id)
    changed = [
        field
        for field, value in (("email", email), ("display_name", display_name))
        if getattr(user, field) != value
    ]
    user.email, user.display_name = email, display_name
    if changed:
        user.save(update_fields=changed)
        events.record(
            action=Action.USER_CHANGED,
            actor=actor,
            subject_type="user",
            subject_id=user.pk,
            detail={"fields": changed},
        )
    return user


@attributed
def set_roles(*, actor: User, user_id: int, roles: list[str]) -> User:
    """Give and take roles until the person holds exactly `roles`; open sessions end.

    Raises:
        OwnRolesUnchangeable: the actor is the person.
        LastAdministrator: nobody active would be left to administer.
    """
    _lock_roles()
    user = User.objects.select_for_update().get(pk=user_id)
    if user.pk == actor.pk:
        raise OwnRolesUnchangeable(subject_type="user", subject_id=user.pk)
    held, wanted = set(user.groups.values_list("name", flat=True)), set(roles)
    if Role.ADMINISTRATOR in held - wanted:
        _check_administrator_remains(user)
    for role in sorted(wanted - held):
        user.groups.add(Group.objects.get(name=role))
        _record_role(actor, user, Action.ROLE_GRANTED, role)
    for role in sorted(held - wanted):
        user.groups.remove(Group.objects.get(name=role))
        _record_role(actor, user, Action.ROLE_REVOKED, role)
    if held != wanted:
        end_sessions(actor=actor, user_id=user.pk)
    return user


@attributed
def disable(*, actor: User, user_id: int) -> User:
    """Close a person's sign-in for good and end every session.

    Raises:
        OwnRolesUnchangeable: the actor is the person.
        LastAdministrator: nobody active would be left to administer.
    """
    _lock_roles()
    user = User.objects.select_for_update().get(pk=user_id)
    if user.pk == actor.pk:
        raise OwnRolesUnchangeable(subject_type="user", subject_id=user.pk)
    if Role.ADMINISTRATOR in user.role_names:
        _check_administrator_remains(user)
    if user.is_active:
        user.is_active, user.disabled_at, user.disabled_by = False, timezone.now(), actor
        user.save(update_fields=["is_active", "disabled_at", "disabled_by"])
        events.record(
            action=Action.USER_DISABLED, actor=actor, subject_type="user", subject_id=user.pk
        )
        end_sessions(actor=actor, user_id=user.pk)
    return user


@attributed
def enable(*, actor: User, user_id: int) -> User:
    """Open a disabled sign-in again."""
    user = User.objects.select_for_update().get(pk=user_id)
    if not user.is_active:
        user.is_active, user.disabled_at, user.disabled_by = True, None, None
        user.save(update_fields=["is_active", "disabled_at", "disabled_by"])
        events.record(
            action=Action.USER_CHANGED,
            actor=actor,
            subject_type="user",
            subject_id=user.pk,
            detail={"fields": ["is_active"]},
        )
    return user


@attributed
def end_sessions(*, actor: User, user_id: int) -> int:
    """End every session of a person; return how many there were."""
    sessions = list(UserSession.objects.filter(user_id=user_id))
    for session in sessions:
        session.end()
    if sessions:
        events.record(
            action=Action.SESSION_REVOKED,
            actor=actor,
            subject_type="user",
            subject_id=user_id,
            detail={"sessions": len(sessions)},
        )
    return len(sessions)


def _lock_roles() -> None:
    # One lock for all, so that two people cannot each remove "the other" last administrator.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.roles'))")


def _check_administrator_remains(user: User) -> None:
    others = User.objects.filter(groups__name=Role.ADMINISTRATOR, is_active=True)
    if not others.exclude(pk=user.pk).exists():
        raise LastAdministrator(subject_type="user", subject_id=user.pk)


def _record_role(actor: User, user: User, action: Action, role: str) -> None:
    events.record(
        action=action,
        actor=actor,
        subject_type="user",
        subject_id=user.pk,
        detail={"role": role},
    )
