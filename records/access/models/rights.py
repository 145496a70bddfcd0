"""Rights on units and on single charts: guardian's rows on direct foreign keys.

Each right says who gave it, why, and until when. They are read and written only through
`records.access.services.rights` and `records.access.selectors.rights`, which honour the expiry.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from records.access.models.charts import Chart
from records.access.models.units import CustodyUnit


class GrantedRight(models.Model):
    """Who gave a right, why, and until when."""

    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"right {self.pk}"


class UnitUserPermission(GrantedRight, UserObjectPermissionBase):
    """A person's right on a unit."""

    content_object = models.ForeignKey(
        CustodyUnit, on_delete=models.CASCADE, related_name="user_rights"
    )

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta(GrantedRight.Meta, UserObjectPermissionBase.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("granted_at")),
                name="access_unituserpermission_expires_after_grant",
            )
        ]


class UnitGroupPermission(GrantedRight, GroupObjectPermissionBase):
    """A role's right on a unit."""

    content_object = models.ForeignKey(
        CustodyUnit, on_delete=models.CASCADE, related_name="group_rights"
    )

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta(GrantedRight.Meta, GroupObjectPermissionBase.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("granted_at")),
                name="access_unitgrouppermission_expires_after_grant",
            )
        ]


class ChartUserPermission(GrantedRight, UserObjectPermissionBase):
    """A person's right on one chart: the exception, always with a reason."""

    content_object = models.ForeignKey(Chart, on_delete=models.CASCADE, related_name="user_rights")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta(GrantedRight.Meta, UserObjectPermissionBase.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("granted_at")),
                name="access_chartuserpermission_expires_after_grant",
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="access_chartuserpermission_has_reason"
            ),
        ]
