"""Who works on a request just now, and who was told that somebody else took it over."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from requests_release.models.histories import Comment
from requests_release.models.requests import Request


class Mark(models.Model):
    """Who works on a request: a lease, one row a request at most.

    It ends by itself once its holder was not heard of for a while, tells of no patient and guards
    nothing, so its rows are not followed by row changes. Taking somebody's mark over is another
    matter: that is told in the request's story and in the trail.
    """

    request = models.OneToOneField(
        Request, primary_key=True, on_delete=models.PROTECT, related_name="mark"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    heard_at = models.DateTimeField(help_text="When a page or a script of the holder last asked")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(heard_at__gte=F("since")),
                name="requests_release_mark_heard_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"mark {self.pk}"


class TakeoverNotice(models.Model):
    """That a person was told who took a request over from them, and when they looked at why."""

    comment = models.OneToOneField(Comment, on_delete=models.PROTECT, related_name="notice")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["person"],
                condition=Q(seen_at__isnull=True),
                name="takeover_notices_unseen",
            )
        ]

    def __str__(self) -> str:
        return f"notice {self.pk}"
