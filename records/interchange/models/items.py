"""What has been imported: which thing of which source became which row here."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from records.interchange.enums import ItemKind

LONGEST_KEY = 400
OF_A_PATIENT = (ItemKind.PATIENT, ItemKind.ENCOUNTER, ItemKind.DOCUMENT)


class ImportedItem(models.Model):
    """One thing of a feed and the row that it became; by this, importing again changes nothing.

    It holds no patient details: the content lies in the chart, the source of a document beside
    the document's bytes in the vault, and what the source said of a person here only as keyed
    digests, which tell at the next import what the source has changed.
    """

    feed = models.CharField(max_length=40, help_text="Where the files come from")
    source_key = models.CharField(max_length=LONGEST_KEY)
    aliases = ArrayField(
        models.CharField(max_length=LONGEST_KEY),
        default=list,
        blank=True,
        help_text="Names by which other files of the feed refer to it",
    )
    kind = models.CharField(max_length=12, choices=ItemKind)
    patient = models.ForeignKey(
        "patients.Patient",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    object_id = models.BigIntegerField(null=True, blank=True)
    label = models.CharField(
        max_length=160, blank=True, default="", help_text="Name of a practitioner or organization"
    )
    source_hash = models.CharField(max_length=64)
    source_sha256 = models.CharField(
        max_length=64, blank=True, default="", help_text="Of the source kept beside the document"
    )
    digests = models.JSONField(default=dict, blank=True)
    run = models.ForeignKey("interchange.ImportRun", on_delete=models.PROTECT, related_name="items")
    first_imported_at = models.DateTimeField()
    last_imported_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "feed", "source_key", name="interchange_importeditem_key_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ItemKind.values),
                name="interchange_importeditem_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_A_PATIENT, patient__isnull=False, object_id__isnull=False)
                | Q(
                    kind__in=[ItemKind.UNFILED, ItemKind.PROVIDER],
                    patient__isnull=True,
                    object_id__isnull=False,
                )
                | Q(kind=ItemKind.ORGANIZATION, patient__isnull=True, object_id__isnull=True),
                name="interchange_importeditem_points_to_its_row",
            ),
            models.CheckConstraint(
                condition=Q(last_imported_at__gte=models.F("first_imported_at")),
                name="interchange_importeditem_first_before_last",
            ),
        ]
        indexes = [
            GinIndex(fields=["aliases"], name="interchange_item_by_alias"),
            models.Index(fields=["patient"], name="interchange_item_by_patient"),
            models.Index(fields=["kind", "object_id"], name="interchange_item_by_object"),
        ]

    def __str__(self) -> str:
        return f"imported item {self.pk}"
