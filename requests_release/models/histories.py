"""What happened to requests, and who had a part in it; all insert only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from requests_release.enums import RequestStatus
from requests_release.models.requests import Request


class RequestStatusChange(models.Model):
    """One step in the life of a request; insert only."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="status_changes")
    from_status = models.CharField(max_length=14, choices=RequestStatus, blank=True, default="")
    to_status = models.CharField(max_length=14, choices=RequestStatus)
    reason = models.CharField(max_length=500, blank=True, default="")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(to_status__in=RequestStatus.values),
                name="requests_release_statuschange_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(from_status__in=["", *RequestStatus.values]),
                name="requests_release_statuschange_from_status_is_known",
            ),
        ]
        indexes = [models.Index(fields=["request", "id"], name="requests_changes_in_order")]

    def __str__(self) -> str:
        return f"status change {self.pk}"


class RequestPreparer(models.Model):
    """A person who took part in preparing a request, and so never approves it; insert only."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="preparers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("request", "person", name="requests_release_preparer_once")
        ]

    def __str__(self) -> str:
        return f"preparer {self.pk}"


class RequestAssignment(models.Model):
    """A request given to a person, and how that stood before; insert only.

    `person` is empty where it was taken back and nobody had it before.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    person_before = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_by_before = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(help_text="Of the request, once it was given")
    is_undoing = models.BooleanField(default=False)
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["request", "id"], name="requests_assignments_in_order")]

    def __str__(self) -> str:
        return f"assignment {self.pk}"

    @property
    def holder_name(self) -> str:
        """With whom the request lay from then on."""
        return self.person.display_name if self.person else "nobody"


class RequestChoice(models.Model):
    """That somebody chose documents and pages of a request, or took some out; insert only.

    Numbers alone: what is chosen stands in the items, and which documents changed in the trail.
    `changed_count` documents stayed, with other pages or in a newer version.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="choices")
    added_count = models.PositiveIntegerField()
    removed_count = models.PositiveIntegerField()
    changed_count = models.PositiveIntegerField()
    document_count = models.PositiveIntegerField(help_text="Chosen from then on")
    page_count = models.PositiveIntegerField(help_text="Chosen from then on")
    chosen_at = models.DateTimeField(auto_now_add=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(added_count__gt=0) | Q(removed_count__gt=0) | Q(changed_count__gt=0),
                name="requests_release_choice_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(document_count__gte=F("added_count") + F("changed_count"))
                & Q(page_count__gte=F("document_count")),
                name="requests_release_choice_numbers_agree",
            ),
        ]
        indexes = [models.Index(fields=["request", "id"], name="requests_choices_in_order")]

    def __str__(self) -> str:
        return f"choice {self.pk}"


class Comment(models.Model):
    """A remark in the timeline of a request; insert only.

    With `took_over_from` it says why its maker took the work over from that person.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="comments")
    text = models.TextField(max_length=2000)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    took_over_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""), name="requests_release_comment_says_something"
            ),
            models.CheckConstraint(
                condition=Q(took_over_from__isnull=True) | ~Q(took_over_from=F("made_by")),
                name="requests_release_comment_takes_over_from_another",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"
