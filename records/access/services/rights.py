"""Rights on units and on single charts, given and taken: the only writer of guardian's rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group, Permission

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.access.enums import UnitRight
from records.access.errors import OwnRights
from records.access.models import (
    Chart,
    ChartUserPermission,
    CustodyUnit,
    UnitGroupPermission,
    UnitUserPermission,
)
from records.access.services import opening


def check_grant(
    *, actor: User, user: User | None = None, role: str | None = None, chart_id: int | None = None
) -> None:
    """Check that the person may give this person or role a right, on a chart if one is named.

    Raises:
        OwnRights: the actor is the person, or holds the role.
        ChartUnknown, ChartDestroyed, ChartRefused: the actor may not open the chart themselves.
    """
    if chart_id is not None:
        opening.peek_scope(actor=actor, patient_id=chart_id)
    if (user is not None and user.pk == actor.pk) or (role and role in actor.role_names):
        raise OwnRights(
            action=Action.RIGHT_GRANTED,
            patient_id=chart_id,
            subject_type="user",
            subject_id=actor.pk,
        )


@attributed
def grant_unit(
    *,
    actor: User,
    unit: CustodyUnit,
    right: UnitRight,
    reason: str,
    user: User | None = None,
    role: str | None = None,
    expires_at: datetime | None = None,
) -> UnitUserPermission | UnitGroupPermission:
    """Give a person or a role a right on a unit; one that stands is replaced.

    Raises:
        OwnRights: the actor is the person, or holds the role.
    """
    check_grant(actor=actor, user=user, role=role)
    facts: dict[str, Any] = {
        "content_object": unit,
        "permission": _permission(CustodyUnit, right),
    }
    given: dict[str, Any] = {"granted_by": actor, "reason": reason, "expires_at": expires_at}
    row: UnitUserPermission | UnitGroupPermission
    if user is not None:
        UnitUserPermission.objects.filter(user=user, **facts).delete()
        row = UnitUserPermission.objects.create(user=user, **facts, **given)
    else:
        group = Group.objects.get(name=role)
        UnitGroupPermission.objects.filter(group=group, **facts).delete()
        row = UnitGroupPermission.objects.create(group=group, **facts, **given)
    _record(Action.RIGHT_GRANTED, actor, unit, right, user, role)
    return row


@attributed
def revoke_unit(
    *,
    actor: User,
    unit: CustodyUnit,
    right: UnitRight,
    user: User | None = None,
    role: str | None = None,
) -> bool:
    """Take a right on a unit; return whether there was one. Gone on the next request."""
    facts: dict[str, Any] = {
        "content_object": unit,
        "permission": _permission(CustodyUnit, right),
    }
    if user is not None:
        removed, _ = UnitUserPermission.objects.filter(user=user, **facts).delete()
    else:
        removed, _ = UnitGroupPermission.objects.filter(group__name=role, **facts).delete()
    if removed:
        _record(Action.RIGHT_REVOKED, actor, unit, right, user, role)
    return bool(removed)


@attributed
def grant_chart(
    *, actor: User, chart_id: int, user: User, reason: str, expires_at: datetime | None = None
) -> ChartUserPermission:
    """Let one person open one chart, for a stated reason; a right that stands is replaced.

    Raises:
        OwnRights: the actor is the person.
        ChartUnknown, ChartDestroyed, ChartRefused: the actor may not open the chart themselves.
    """
    check_grant(actor=actor, user=user, chart_id=chart_id)
    permission = _permission(Chart, UnitRight.VIEW_CHART)
    rows = ChartUserPermission.objects.filter(
        user=user, content_object_id=chart_id, permission=permission
    )
    rows.delete()
    row = ChartUserPermission.objects.create(
        user=user,
        content_object_id=chart_id,
        permission=permission,
        granted_by=actor,
        reason=reason,
        expires_at=expires_at,
    )
    events.record(
        action=Action.RIGHT_GRANTED,
        actor=actor,
        patient_id=chart_id,
        subject_type="user",
        subject_id=user.pk,
    )
    return row


@attributed
def revoke_chart(*, actor: User, chart_id: int, user: User) -> bool:
    """Take a person's right on one chart; return whether there was one. Gone at once.

    Raises:
        ChartUnknown, ChartDestroyed, ChartRefused: the actor may not open the chart themselves.
    """
    opening.peek_scope(actor=actor, patient_id=chart_id)
    rows = ChartUserPermission.objects.filter(user=user, content_object_id=chart_id)
    removed, _ = rows.delete()
    if removed:
        events.record(
            action=Action.RIGHT_REVOKED,
            actor=actor,
            patient_id=chart_id,
            subject_type="user",
            subject_id=user.pk,
        )
    return bool(removed)


def _permission(model: type[CustodyUnit] | type[Chart], codename: str) -> Permission:
    return Permission.objects.get(
        content_type__app_label="access",
        content_type__model=model._meta.model_name,
        codename=codename,
    )


def _record(
    action: Action,
    actor: User,
    unit: CustodyUnit,
    right: UnitRight,
    user: User | None,
    role: str | None,
) -> None:
    holder = {"user": user.pk} if user is not None else {"role": role}
    events.record(
        action=action,
        actor=actor,
        subject_type="unit",
        subject_id=unit.pk,
        detail={"right": right.value, **holder},
    )
