"""The master patient index: who each patient is."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from records.patients.enums import BirthPrecision, NameKind, NameStatus, PatientStatus, Sex


class NameKeys(models.Model):
    """A name as people write it, and as search and filing compare it.

    The keys are written by `records.patients.services`, normalised in Python (folded, unaccented,
    closed up), so that search does not depend on the server's collation.
    """

    family = models.CharField(max_length=100)
    given = models.CharField(max_length=100, blank=True, default="")
    middle = models.CharField(max_length=100, blank=True, default="")
    suffix = models.CharField(max_length=20, blank=True, default="")
    family_key = models.CharField(max_length=100)
    given_key = models.CharField(max_length=100, blank=True, default="")
    name_key = models.CharField(max_length=220)
    sound_key = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        abstract = True


class Patient(NameKeys):
    """One person with a chart; the key is the chart's."""

    chart = models.OneToOneField(
        "access.Chart", primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("access.CustodyUnit", on_delete=models.PROTECT, related_name="+")
    mrn = models.CharField(max_length=16, help_text="The number in force, digits only")
    sex = models.CharField(max_length=7, choices=Sex)
    name_status = models.CharField(max_length=12, choices=NameStatus, default=NameStatus.LEGAL)
    gender_identity = models.CharField(max_length=40, blank=True, default="")
    birth_on = models.DateField(null=True, blank=True)
    birth_precision = models.CharField(
        max_length=10, choices=BirthPrecision, default=BirthPrecision.DAY
    )
    died_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=PatientStatus, default=PatientStatus.ACTIVE)
    language = models.CharField(max_length=40, blank=True, default="")
    race = models.CharField(max_length=80, blank=True, default="")
    ethnicity = models.CharField(max_length=80, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    mother_maiden_name = models.CharField(max_length=100, blank=True, default="")
    birth_order = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of a multiple birth"
    )
    has_no_given_name = models.BooleanField(default=False)
    is_confidential_address = models.BooleanField(
        default=False, help_text="Alternative address or means asked for, 45 CFR 164.522(b)"
    )
    override_reason = models.CharField(
        max_length=200,
        blank=True,
        default="",
        help_text="Why this person was registered although candidates were shown",
    )
    last_seen_on = models.DateField(null=True, blank=True)
    destroyed_on = models.DateField(
        null=True, blank=True, help_text="When the chart had served its term and was destroyed"
    )
    submission_key = models.UUIDField(
        null=True, blank=True, help_text="Of the form sent, so that one sent twice registers once"
    )
    # Blocking keys of matching, so that duplicate candidates are found by index.
    block_sound_year = models.CharField(max_length=20, blank=True, default="")
    block_initial_birth = models.CharField(max_length=20, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    registered_at = models.DateTimeField(auto_now_add=True)
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        permissions = [
            ("search_directory", "Can search the directory of patients"),
            ("register_patient", "Can register patients"),
            ("change_patient", "Can change who a patient is"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=PatientStatus.values),
                name="patients_patient_status_is_known",
            ),
            models.CheckConstraint(
                condition=Q(sex__in=Sex.values), name="patients_patient_sex_is_known"
            ),
            models.CheckConstraint(
                condition=Q(died_on__isnull=True)
                | Q(birth_on__isnull=True)
                | Q(died_on__gte=F("birth_on")),
                name="patients_patient_dies_after_birth",
            ),
            models.CheckConstraint(
                condition=Q(status=PatientStatus.DESTROYED, destroyed_on__isnull=False)
                | (~Q(status=PatientStatus.DESTROYED) & Q(destroyed_on__isnull=True)),
                name="patients_patient_destroyed_on_a_day",
            ),
            models.UniqueConstraint("submission_key", name="patients_patient_submitted_once"),
            models.CheckConstraint(
                condition=~Q(family=""), name="patients_patient_has_family_name"
            ),
            models.CheckConstraint(
                condition=~Q(given="") | Q(has_no_given_name=True),
                name="patients_patient_given_name_or_flag",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "family_key", "given_key", "chart"], name="patients_by_unit_name"
            ),
            models.Index(
                OpClass(F("family_key"), "text_pattern_ops"),
                OpClass(F("given_key"), "text_pattern_ops"),
                name="patients_by_name_prefix",
            ),
            models.Index(
                OpClass(F("given_key"), "text_pattern_ops"),
                F("family_key"),
                name="patients_by_given_prefix",
            ),
            models.Index(fields=["sound_key", "birth_on"], name="patients_by_sound"),
            models.Index(fields=["birth_on", "family_key"], name="patients_by_birth"),
            models.Index(OpClass(F("mrn"), "text_pattern_ops"), name="patients_by_mrn"),
            models.Index(fields=["block_sound_year"], name="patients_block_sound_year"),
            models.Index(fields=["block_initial_birth"], name="patients_block_initial_birth"),
            GinIndex(OpClass(F("name_key"), "gin_trgm_ops"), name="patients_name_trigrams"),
        ]

    def __str__(self) -> str:
        return f"patient {self.pk}"


class Name(NameKeys):
    """Another name of a patient: former, maiden, alias, nickname."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=10, choices=NameKind)
    valid_until = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=NameKind.values), name="patients_name_kind_is_known"
            ),
            models.UniqueConstraint(
                "patient", "kind", "name_key", name="patients_name_once_for_each_kind"
            ),
        ]
        indexes = [
            models.Index(
                OpClass(F("family_key"), "text_pattern_ops"),
                OpClass(F("given_key"), "text_pattern_ops"),
                name="patients_alias_by_prefix",
            ),
            models.Index(fields=["sound_key"], name="patients_alias_by_sound"),
            GinIndex(OpClass(F("name_key"), "gin_trgm_ops"), name="patients_alias_trigrams"),
        ]

    def __str__(self) -> str:
        return f"name {self.pk}"
