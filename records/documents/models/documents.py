"""Documents of charts: what each is, its versions, and what happened to it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from records.access.enums import SensitivityClass
from records.documents.enums import DocumentSource, DocumentStatus, FileKind
from records.documents.models.stored import StoredBytes


class DocumentType(models.Model):
    """A kind of document, as the index of the chart groups it."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    section = models.CharField(max_length=40, help_text="Divider of the chart")
    position = models.PositiveSmallIntegerField(default=100)
    default_sensitivity = models.CharField(
        max_length=20, choices=SensitivityClass, default=SensitivityClass.NORMAL
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """A document of a chart; its bytes are those of its versions. Never deleted."""

    patient = models.ForeignKey(
        "patients.Patient", on_delete=models.PROTECT, related_name="documents"
    )
    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.PROTECT, related_name="+")
    encounter = models.ForeignKey(
        "encounters.Encounter",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="documents",
    )
    type = models.ForeignKey(DocumentType, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    service_on = models.DateField(help_text="Date of service")
    sensitivity = models.CharField(
        max_length=20, choices=SensitivityClass, default=SensitivityClass.NORMAL
    )
    status = models.CharField(max_length=10, choices=DocumentStatus, default=DocumentStatus.CURRENT)
    source = models.CharField(max_length=8, choices=DocumentSource)
    page_count = models.PositiveIntegerField(help_text="Of the newest version")
    version_number = models.PositiveSmallIntegerField(default=1, help_text="The newest")
    lock_version = models.PositiveIntegerField(default=1)
    filing_key = models.UUIDField(
        null=True, blank=True, unique=True, help_text="Of the form, so that it files once"
    )
    filed_at = models.DateTimeField(auto_now_add=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    void_reason = models.CharField(max_length=200, blank=True, default="")
    destroyed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_document", "Can view pages of documents"),
            ("file_document", "Can file documents"),
            ("move_document", "Can move misfiled documents"),
            ("void_document", "Can void documents"),
            ("print_document", "Can print documents"),
            ("download_document", "Can download documents"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=DocumentStatus.values),
                name="documents_document_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(sensitivity__in=SensitivityClass.values),
                name="documents_document_sensitivity_is_known",
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
                name="documents_document_voided_at_by_and_reason_together",
            ),
            models.CheckConstraint(
                condition=~Q(status=DocumentStatus.VOIDED) | Q(voided_at__isnull=False),
                name="documents_document_voided_has_voided_at",
            ),
            models.CheckConstraint(
                condition=Q(status=DocumentStatus.DESTROYED, destroyed_at__isnull=False)
                | (~Q(status=DocumentStatus.DESTROYED) & Q(destroyed_at__isnull=True)),
                name="documents_document_destroyed_when_destroyed_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient", "-service_on", "-id"], name="documents_by_patient_date"
            ),
            models.Index(fields=["encounter"], name="documents_by_encounter"),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"

    @property
    def type_beside(self) -> str:
        """The type's name, where the title does not say it already."""
        return "" if self.type.name == self.title else self.type.name


class DocumentVersion(StoredBytes):
    """One state of a document's bytes; a correction is a new version. Its bytes never change."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(
        max_length=200, blank=True, default="", help_text="Why it replaced the one before"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "document", "number", name="documents_documentversion_number_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=FileKind.values),
                name="documents_documentversion_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(page_count__gt=0, byte_size__gt=0),
                name="documents_documentversion_is_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(wrapped_key__isnull=False, key_erased_at__isnull=True)
                | Q(wrapped_key__isnull=True, key_erased_at__isnull=False),
                name="documents_documentversion_key_or_erased_at",
            ),
            models.CheckConstraint(
                condition=Q(bytes_removed_at__isnull=True)
                | Q(bytes_removed_at__gte=F("key_erased_at")),
                name="documents_documentversion_key_erased_before_bytes",
            ),
        ]
        indexes = [models.Index(fields=["sha256"], name="documents_version_by_sha256")]

    def __str__(self) -> str:
        return f"version {self.pk}"


class DocumentMove(models.Model):
    """A misfiled document taken to another chart, encounter or type; insert only."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="moves")
    from_patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    from_encounter = models.ForeignKey(
        "encounters.Encounter", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    lock_version = models.PositiveIntegerField(help_text="Of the document, once it was moved")
    is_undoing = models.BooleanField(default=False)
    reason = models.CharField(max_length=200)
    moved_at = models.DateTimeField()
    moved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""), name="documents_documentmove_has_reason"
            )
        ]

    def __str__(self) -> str:
        return f"move {self.pk}"


class DocumentStatusChange(models.Model):
    """One step in the life of a document; insert only."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="status_changes")
    from_status = models.CharField(max_length=10, choices=DocumentStatus, blank=True, default="")
    to_status = models.CharField(max_length=10, choices=DocumentStatus)
    reason = models.CharField(max_length=200, blank=True, default="")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(from_status__in=["", *DocumentStatus.values])
                & Q(to_status__in=DocumentStatus.values),
                name="documents_statuschange_statuses_are_known",
            )
        ]

    def __str__(self) -> str:
        return f"status change {self.pk}"
