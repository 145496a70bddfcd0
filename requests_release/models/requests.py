"""Requests for copies of a patient's records, what was chosen for them, and their history."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from records.access.enums import SensitivityClass
from requests_release.enums import (
    AuthorizedPurpose,
    Channel,
    DueForce,
    Medium,
    ReleaseBasis,
    RequestKind,
    RequestStatus,
    WaitReason,
)
from requests_release.models.requesters import Requester
from requests_release.rules import transitions

# Nobody reaches these without an approval that stands.
APPROVED_STATES = (
    RequestStatus.APPROVED,
    RequestStatus.PACKAGING,
    RequestStatus.READY,
    RequestStatus.DELIVERED,
)


def _at_and_by(at: str, by: str) -> Q:
    return Q(**{f"{at}__isnull": True, f"{by}__isnull": True}) | Q(
        **{f"{at}__isnull": False, f"{by}__isnull": False}
    )


class Request(models.Model):
    """One request: who asks for what of whose records, on which ground, by when.

    `prepared_by` is the clerk who works on it, `reviewer` the person asked to approve it, if one
    was named; who approved is never one of those who prepared.
    """

    number = models.CharField(max_length=16, unique=True)
    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="release_requests"
    )
    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey(Requester, on_delete=models.PROTECT, related_name="requests")
    recipient_name = models.CharField(max_length=160, help_text="Who gets the copies")
    recipient_address = models.CharField(max_length=300, blank=True, default="")
    kind = models.CharField(max_length=10, choices=RequestKind)
    purpose = models.CharField(max_length=28, choices=AuthorizedPurpose)
    purpose_note = models.CharField(max_length=200, blank=True, default="")
    basis = models.CharField(max_length=20, choices=ReleaseBasis)
    channel = models.CharField(max_length=13, choices=Channel)
    medium = models.CharField(max_length=10, choices=Medium, default=Medium.ELECTRONIC)
    scope = models.CharField(max_length=500, help_text="What is asked for, in words")
    scope_from = models.DateField(null=True, blank=True)
    scope_until = models.DateField(null=True, blank=True)
    identity_proof = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="How identity and authority of the requester were verified, 45 CFR 164.514(h)",
    )
    reviewed_classes = ArrayField(
        models.CharField(max_length=20, choices=SensitivityClass),
        default=list,
        blank=True,
        help_text="Protected classes that a licensed professional has looked at and let pass",
    )
    review_note = models.CharField(
        max_length=200, blank=True, default="", help_text="Which professional, and when"
    )
    has_part2_order = models.BooleanField(
        default=False, help_text="Court order under 42 CFR 2.64-2.66, with a subpoena"
    )
    is_emergency = models.BooleanField(default=False, help_text="Medical emergency, 42 CFR 2.51")
    has_no_records = models.BooleanField(
        default=False, help_text="The preparer found nothing that answers it"
    )
    received_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    due_force = models.CharField(max_length=6, choices=DueForce, blank=True, default="")
    due_label = models.CharField(max_length=80, blank=True, default="")
    due_cite = models.CharField(max_length=120, blank=True, default="")
    extended_on = models.DateField(null=True, blank=True, help_text="Date of the notice of delay")
    extension_reason = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=14, choices=RequestStatus, default=RequestStatus.LOGGED)
    wait_reason = models.CharField(max_length=23, choices=WaitReason, blank=True, default="")
    status_since = models.DateTimeField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Who gave it to its preparer; empty where they took it themselves",
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    page_count = models.PositiveIntegerField(default=0, help_text="Pages chosen")
    version = models.PositiveIntegerField(default=1)
    idempotency_key = models.UUIDField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_request", "Can see release requests"),
            ("prepare_request", "Can log and prepare release requests"),
            ("approve_request", "Can approve, return and deny release requests"),
            ("deliver_release", "Can deliver released copies"),
            ("print_accounting", "Can print a patient's accounting of disclosures"),
            ("export_list", "Can take lists of requests and disclosures out as files"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=RequestStatus.values),
                name="requests_release_request_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RequestKind.values),
                name="requests_release_request_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=ReleaseBasis.values),
                name="requests_release_request_basis_is_known",
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=AuthorizedPurpose.values),
                name="requests_release_request_purpose_is_known",
            ),
            models.CheckConstraint(
                condition=_at_and_by("submitted_at", "submitted_by"),
                name="requests_release_request_submitted_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=_at_and_by("approved_at", "approved_by"),
                name="requests_release_request_approved_at_and_by_together",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(submitted_by__isnull=False),
                name="requests_release_request_approved_after_submission",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (
                    ~Q(approved_by=F("submitted_by"))
                    & ~Q(approved_by=F("created_by"))
                    & (Q(prepared_by__isnull=False) & ~Q(approved_by=F("prepared_by")))
                ),
                name="requests_release_request_approver_did_not_prepare_it",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=APPROVED_STATES) | Q(approved_at__isnull=False),
                name="requests_release_request_approved_states_have_approval",
            ),
            models.CheckConstraint(
                condition=Q(status__in=(*APPROVED_STATES, RequestStatus.CLOSED))
                | Q(approved_at__isnull=True),
                name="requests_release_request_approval_ends_with_its_states",
            ),
            models.CheckConstraint(
                condition=~Q(status=RequestStatus.SUBMITTED) | Q(submitted_at__isnull=False),
                name="requests_release_request_submitted_has_submitted_at",
            ),
            models.CheckConstraint(
                condition=Q(status=RequestStatus.ON_HOLD, wait_reason__in=WaitReason.values)
                | (~Q(status=RequestStatus.ON_HOLD) & Q(wait_reason="")),
                name="requests_release_request_waits_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(scope_from__isnull=True)
                | Q(scope_until__isnull=True)
                | Q(scope_until__gte=F("scope_from")),
                name="requests_release_request_scope_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_classes=[]) | ~Q(review_note=""),
                name="requests_release_request_review_names_the_professional",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | ~Q(due_cite=""),
                name="requests_release_request_due_names_its_rule",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "status", "due_on", "id"], name="requests_by_unit_status_due"
            ),
            models.Index(fields=["patient", "-id"], name="requests_by_patient"),
            models.Index(fields=["prepared_by", "status", "patient"], name="requests_by_preparer"),
            models.Index(
                fields=["reviewer", "patient"],
                condition=Q(status=RequestStatus.SUBMITTED),
                name="requests_by_reviewer",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_editable(self) -> bool:
        """Tell whether what it holds may still be changed."""
        return self.status in transitions.EDITABLE

    @property
    def is_answered(self) -> bool:
        """Tell whether the clock of the law has been answered."""
        return self.status in transitions.ANSWERED


class RequestItem(models.Model):
    """A document chosen for release: which version, and which of its pages."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="items")
    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, related_name="release_items"
    )
    version_number = models.PositiveSmallIntegerField()
    pages = ArrayField(models.PositiveIntegerField(), help_text="From 1, in rising order")
    added_at = models.DateTimeField(auto_now_add=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "request", "document", name="requests_release_requestitem_document_once"
            ),
            models.CheckConstraint(
                condition=Q(pages__len__gt=0), name="requests_release_requestitem_has_pages"
            ),
        ]
        indexes = [models.Index(fields=["document"], name="requests_items_by_document")]

    def __str__(self) -> str:
        return f"item {self.pk}"
