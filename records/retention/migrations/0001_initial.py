"""The schedule, holds, evaluations, batches, certificates and stubs."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0003_promises"),
        ("documents", "0003_types"),
        ("patients", "0002_promises"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgeOfMajority",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(blank=True, default="", max_length=2)),
                ("age", models.PositiveSmallIntegerField()),
                ("cite", models.CharField(max_length=200)),
                ("effective_from", models.DateField()),
                (
                    "effective_to",
                    models.DateField(blank=True, help_text="Last day in force", null=True),
                ),
                ("verified_on", models.DateField()),
            ],
            options={
                "verbose_name_plural": "ages of majority",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        models.F("state"),
                        models.F("effective_from"),
                        name="retention_ageofmajority_dated_once",
                    ),
                    models.UniqueConstraint(
                        models.F("state"),
                        condition=models.Q(("effective_to__isnull", True)),
                        name="retention_ageofmajority_one_without_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_to__isnull", True),
                            ("effective_to__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="retention_ageofmajority_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("age__gte", 14), ("age__lte", 25)),
                        name="retention_ageofmajority_is_an_age",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=16, unique=True)),
                (
                    "token",
                    models.UUIDField(
                        default=uuid.uuid4,
                        help_text="Makes a doubled proposal the same one",
                        unique=True,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposed"),
                            ("FIRST_APPROVED", "Approved once"),
                            ("APPROVED", "Approved"),
                            ("EXECUTING", "Being destroyed"),
                            ("DONE", "Destroyed"),
                            ("RETURNED", "Returned"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="PROPOSED",
                        max_length=14,
                    ),
                ),
                (
                    "round",
                    models.PositiveSmallIntegerField(
                        default=1, help_text="Raised each time it is proposed again"
                    ),
                ),
                (
                    "series",
                    models.CharField(
                        choices=[
                            ("HEALTH_RECORD", "Health record"),
                            ("SUMMARY", "Discharge summary or basic data"),
                            ("DIAGNOSTIC_IMAGE", "Diagnostic images and tracings"),
                            ("MAMMOGRAM", "Mammograms"),
                            ("FETAL_STRIP", "Fetal heart monitor strips"),
                            ("LABORATORY", "Laboratory reports"),
                            ("PATHOLOGY", "Pathology and cytology reports"),
                            ("BLOOD_PRODUCT", "Blood-product records"),
                            ("IMMUNIZATION", "Immunization record"),
                            ("FORENSIC_EXAM", "Sexual-assault examination"),
                            ("BIRTH_DEATH_DATA", "Birth and death data"),
                            ("TRANSFER_LOG", "Emergency transfer records and central log"),
                            ("ORDER_SUPPORT", "Documents supporting orders and certifications"),
                            ("MASTER_INDEX", "Master patient index"),
                            ("REGISTER", "Registers of births, deaths and operations"),
                            ("INDEX", "Disease, operation and physician indexes"),
                            ("PRIVACY_DOCUMENT", "Privacy documents"),
                            ("DESTRUCTION_RECORD", "Destruction certificates and stubs"),
                        ],
                        default="HEALTH_RECORD",
                        max_length=20,
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("CRYPTOGRAPHIC_ERASE", "Erasure of the keys"),
                            ("SHRED", "Cross-cut shredding"),
                            ("PULP", "Pulping"),
                            ("PULVERIZE", "Pulverizing"),
                            ("BURN", "Burning"),
                            ("DEVICE_SANITIZE", "The device's own sanitize command"),
                        ],
                        default="CRYPTOGRAPHIC_ERASE",
                        max_length=20,
                    ),
                ),
                ("location", models.CharField(max_length=120)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("item_count", models.PositiveIntegerField(default=0)),
                ("proposed_at", models.DateTimeField()),
                ("first_approved_at", models.DateTimeField(blank=True, null=True)),
                ("second_approved_at", models.DateTimeField(blank=True, null=True)),
                (
                    "not_before",
                    models.DateField(
                        blank=True, help_text="First day on which it may be carried out", null=True
                    ),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "first_approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "second_approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "batches",
                "permissions": [
                    ("view_retention", "Can see schedules, due charts and batches"),
                    ("propose_batch", "Can propose destruction"),
                    ("approve_first", "Can give the first approval of destruction"),
                    ("approve_second", "Can give the second approval of destruction and start it"),
                ],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BatchApproval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "step",
                    models.CharField(
                        choices=[("FIRST", "First approval"), ("SECOND", "Second approval")],
                        max_length=6,
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("approved_at", models.DateTimeField()),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="retention.batch",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BatchStatusChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "from_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("PROPOSED", "Proposed"),
                            ("FIRST_APPROVED", "Approved once"),
                            ("APPROVED", "Approved"),
                            ("EXECUTING", "Being destroyed"),
                            ("DONE", "Destroyed"),
                            ("RETURNED", "Returned"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        default="",
                        max_length=14,
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposed"),
                            ("FIRST_APPROVED", "Approved once"),
                            ("APPROVED", "Approved"),
                            ("EXECUTING", "Being destroyed"),
                            ("DONE", "Destroyed"),
                            ("RETURNED", "Returned"),
                            ("CANCELLED", "Cancelled"),
                        ],
                        max_length=14,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("changed_at", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="status_changes",
                        to="retention.batch",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=16, unique=True)),
                ("content", models.JSONField()),
                ("sha256", models.CharField(max_length=64)),
                ("issued_at", models.DateTimeField()),
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificate",
                        to="retention.batch",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DueCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("chart_count", models.PositiveIntegerField()),
                ("held_count", models.PositiveIntegerField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="access.custodyunit",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="The matter, as counsel names it", max_length=160),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("LITIGATION", "Litigation"),
                            ("SUBPOENA", "Subpoena or preservation demand"),
                            ("CLAIM", "Claim letter"),
                            ("AUDIT", "Audit or investigation"),
                            ("RELEASE_REQUEST", "Open release request"),
                            ("RESEARCH", "Research"),
                            ("OTHER", "Other"),
                        ],
                        max_length=15,
                    ),
                ),
                ("issuer", models.CharField(blank=True, default="", max_length=160)),
                ("reason", models.CharField(max_length=500)),
                ("custodians", models.CharField(blank=True, default="", max_length=300)),
                ("covers_from", models.DateField(blank=True, null=True)),
                ("covers_until", models.DateField(blank=True, null=True)),
                ("issued_on", models.DateField()),
                (
                    "remind_on",
                    models.DateField(
                        blank=True, help_text="When to ask if it still stands", null=True
                    ),
                ),
                (
                    "request_id",
                    models.BigIntegerField(blank=True, help_text="The open request", null=True),
                ),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lift_reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("place_hold", "Can place and lift holds")],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="BatchItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("eligible_on", models.DateField()),
                ("governing_code", models.CharField(max_length=60)),
                ("governing_cite", models.CharField(max_length=200)),
                (
                    "governing_on",
                    models.DateField(help_text="The date that the governing rule gave"),
                ),
                ("first_service_on", models.DateField(blank=True, null=True)),
                ("last_service_on", models.DateField(blank=True, null=True)),
                ("document_count", models.PositiveIntegerField()),
                ("version_count", models.PositiveIntegerField()),
                ("page_count", models.PositiveIntegerField()),
                ("newest_version_id", models.BigIntegerField(default=0)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting"),
                            ("DESTROYED", "Destroyed"),
                            ("HELD", "Left out: a hold stands"),
                            ("CHANGED", "Left out: no longer due"),
                            ("FAILED", "Failed"),
                        ],
                        default="WAITING",
                        max_length=10,
                    ),
                ),
                ("outcome_reason", models.CharField(blank=True, default="", max_length=40)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("bytes_removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="retention.batch",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.custodyunit",
                    ),
                ),
                (
                    "held_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="retention.hold",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="HoldDocument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="documents.document",
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="retention.hold",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="HoldPatient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("placed_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patients",
                        to="retention.hold",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="patients.patient",
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ScheduleRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("state", models.CharField(blank=True, default="", max_length=2)),
                (
                    "record_class",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("HOSPITAL", "Hospital"),
                            ("CRITICAL_ACCESS", "Critical access hospital"),
                            ("PHYSICIAN", "Physician practice"),
                            ("CLINIC", "Community clinic"),
                            (
                                "RURAL_HEALTH",
                                "Rural health clinic or federally qualified health center",
                            ),
                            ("NURSING_FACILITY", "Nursing facility"),
                            ("HOME_HEALTH", "Home health agency"),
                            ("HOSPICE", "Hospice"),
                            ("DIALYSIS", "Dialysis facility"),
                            (
                                "OUTPATIENT_REHAB",
                                "Comprehensive outpatient rehabilitation facility",
                            ),
                            ("REHAB_AGENCY", "Rehabilitation agency"),
                            ("SURGERY_CENTER", "Ambulatory surgery center"),
                            ("PROCUREMENT", "Organ procurement organization"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "series",
                    models.CharField(
                        choices=[
                            ("HEALTH_RECORD", "Health record"),
                            ("SUMMARY", "Discharge summary or basic data"),
                            ("DIAGNOSTIC_IMAGE", "Diagnostic images and tracings"),
                            ("MAMMOGRAM", "Mammograms"),
                            ("FETAL_STRIP", "Fetal heart monitor strips"),
                            ("LABORATORY", "Laboratory reports"),
                            ("PATHOLOGY", "Pathology and cytology reports"),
                            ("BLOOD_PRODUCT", "Blood-product records"),
                            ("IMMUNIZATION", "Immunization record"),
                            ("FORENSIC_EXAM", "Sexual-assault examination"),
                            ("BIRTH_DEATH_DATA", "Birth and death data"),
                            ("TRANSFER_LOG", "Emergency transfer records and central log"),
                            ("ORDER_SUPPORT", "Documents supporting orders and certifications"),
                            ("MASTER_INDEX", "Master patient index"),
                            ("REGISTER", "Registers of births, deaths and operations"),
                            ("INDEX", "Disease, operation and physician indexes"),
                            ("PRIVACY_DOCUMENT", "Privacy documents"),
                            ("DESTRUCTION_RECORD", "Destruction certificates and stubs"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "population",
                    models.CharField(
                        choices=[
                            ("ALL", "Everybody"),
                            ("ADULT", "Of age at the latest service"),
                            ("MINOR", "Under age at a service"),
                        ],
                        default="ALL",
                        max_length=10,
                    ),
                ),
                (
                    "term_kind",
                    models.CharField(
                        choices=[
                            ("AFTER_LAST_ENCOUNTER", "Years after the last encounter"),
                            ("AFTER_RECORD", "Years after the record was made"),
                            ("UNTIL_BIRTHDAY", "Until the birthday"),
                            ("AFTER_MAJORITY", "Years after coming of age"),
                            ("AFTER_DEATH", "Years after death"),
                            ("AFTER_CONTRACT", "Years after the payer's contract or audit ended"),
                            ("PERMANENT", "Never"),
                        ],
                        max_length=24,
                    ),
                ),
                ("years", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "payer",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MEDICARE_ADVANTAGE", "Medicare Advantage"),
                            ("PART_D", "Medicare Part D"),
                            ("MEDICAID_MANAGED", "Medicaid managed care"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("cite", models.CharField(max_length=200)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("FEDERAL", "Federal"),
                            ("STATE", "State"),
                            ("PAYER", "Payer contract"),
                            ("PROFESSIONAL", "Professional guidance"),
                            ("POLICY", "House policy"),
                        ],
                        max_length=12,
                    ),
                ),
                ("source_tag", models.CharField(blank=True, default="", max_length=60)),
                (
                    "certainty",
                    models.CharField(
                        choices=[
                            ("HIGH", "Read in the source"),
                            ("MEDIUM", "To be confirmed"),
                            ("LOW", "Doubtful: confirm before use"),
                        ],
                        max_length=6,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("effective_from", models.DateField()),
                (
                    "effective_to",
                    models.DateField(blank=True, help_text="Last day in force", null=True),
                ),
                ("verified_on", models.DateField()),
            ],
            options={
                "permissions": [("change_schedule", "Can change the retention schedule")],
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["state", "series", "code"], name="retention_schedule_by_state"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("code"),
                        models.F("effective_from"),
                        name="retention_schedulerule_dated_once",
                    ),
                    models.UniqueConstraint(
                        models.F("code"),
                        condition=models.Q(("effective_to__isnull", True)),
                        name="retention_schedulerule_one_without_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_to__isnull", True),
                            ("effective_to__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="retention_schedulerule_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("term_kind", "PERMANENT"), ("years__isnull", True)),
                            models.Q(
                                models.Q(("term_kind", "PERMANENT"), _negated=True),
                                ("years__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="retention_schedulerule_years_unless_permanent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "record_class__in",
                                [
                                    "",
                                    "HOSPITAL",
                                    "CRITICAL_ACCESS",
                                    "PHYSICIAN",
                                    "CLINIC",
                                    "RURAL_HEALTH",
                                    "NURSING_FACILITY",
                                    "HOME_HEALTH",
                                    "HOSPICE",
                                    "DIALYSIS",
                                    "OUTPATIENT_REHAB",
                                    "REHAB_AGENCY",
                                    "SURGERY_CENTER",
                                    "PROCUREMENT",
                                ],
                            )
                        ),
                        name="retention_schedulerule_class_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "series__in",
                                [
                                    "HEALTH_RECORD",
                                    "SUMMARY",
                                    "DIAGNOSTIC_IMAGE",
                                    "MAMMOGRAM",
                                    "FETAL_STRIP",
                                    "LABORATORY",
                                    "PATHOLOGY",
                                    "BLOOD_PRODUCT",
                                    "IMMUNIZATION",
                                    "FORENSIC_EXAM",
                                    "BIRTH_DEATH_DATA",
                                    "TRANSFER_LOG",
                                    "ORDER_SUPPORT",
                                    "MASTER_INDEX",
                                    "REGISTER",
                                    "INDEX",
                                    "PRIVACY_DOCUMENT",
                                    "DESTRUCTION_RECORD",
                                ],
                            )
                        ),
                        name="retention_schedulerule_series_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("population__in", ["ALL", "ADULT", "MINOR"])),
                        name="retention_schedulerule_population_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "term_kind__in",
                                [
                                    "AFTER_LAST_ENCOUNTER",
                                    "AFTER_RECORD",
                                    "UNTIL_BIRTHDAY",
                                    "AFTER_MAJORITY",
                                    "AFTER_DEATH",
                                    "AFTER_CONTRACT",
                                    "PERMANENT",
                                ],
                            )
                        ),
                        name="retention_schedulerule_term_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payer__in", ["", "MEDICARE_ADVANTAGE", "PART_D", "MEDICAID_MANAGED"])
                        ),
                        name="retention_schedulerule_payer_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("source__in", ["FEDERAL", "STATE", "PAYER", "PROFESSIONAL", "POLICY"])
                        ),
                        name="retention_schedulerule_source_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("certainty__in", ["HIGH", "MEDIUM", "LOW"])),
                        name="retention_schedulerule_certainty_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cite", ""), _negated=True),
                        name="retention_schedulerule_has_cite",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="patients.patient",
                    ),
                ),
                ("eligible_on", models.DateField(blank=True, null=True)),
                ("governing_on", models.DateField(blank=True, null=True)),
                (
                    "block",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("BIRTH_UNKNOWN", "The birth date is not known"),
                            ("TRIGGER_UNKNOWN", "The date that a rule counts from is not known"),
                            ("DATES_CONTRADICT", "The dates contradict each other"),
                            ("NO_STATE_RULE", "No rule of this state is loaded"),
                            ("PERMANENT", "A rule keeps it for ever"),
                            ("HOLD", "A hold stands"),
                            ("OPEN_REQUEST", "A request is open"),
                            ("OPEN_AUDIT", "An audit or a claim is open"),
                            ("OPEN_ENCOUNTER", "An encounter is open"),
                            ("OPEN_IDENTITY", "A question of identity is open"),
                            ("RESEARCH", "It serves research"),
                            ("NOTICE_NOT_SENT", "The notice that the state asks for was not sent"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("computed_on", models.DateField(help_text="When this answer was first given")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.custodyunit",
                    ),
                ),
                (
                    "governing",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="retention.schedulerule",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Stub",
            fields=[
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="stub",
                        serialize=False,
                        to="patients.patient",
                    ),
                ),
                ("destroyed_at", models.DateTimeField()),
                ("document_count", models.PositiveIntegerField()),
                ("page_count", models.PositiveIntegerField()),
                ("abstract", models.JSONField()),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stub",
                        to="retention.batchitem",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.custodyunit",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                fields=["status", "-proposed_at", "-id"], name="retention_batch_by_status"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        [
                            "PROPOSED",
                            "FIRST_APPROVED",
                            "APPROVED",
                            "EXECUTING",
                            "DONE",
                            "RETURNED",
                            "CANCELLED",
                        ],
                    )
                ),
                name="retention_batch_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "series__in",
                        [
                            "HEALTH_RECORD",
                            "SUMMARY",
                            "DIAGNOSTIC_IMAGE",
                            "MAMMOGRAM",
                            "FETAL_STRIP",
                            "LABORATORY",
                            "PATHOLOGY",
                            "BLOOD_PRODUCT",
                            "IMMUNIZATION",
                            "FORENSIC_EXAM",
                            "BIRTH_DEATH_DATA",
                            "TRANSFER_LOG",
                            "ORDER_SUPPORT",
                            "MASTER_INDEX",
                            "REGISTER",
                            "INDEX",
                            "PRIVACY_DOCUMENT",
                            "DESTRUCTION_RECORD",
                        ],
                    )
                ),
                name="retention_batch_series_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "method__in",
                        [
                            "CRYPTOGRAPHIC_ERASE",
                            "SHRED",
                            "PULP",
                            "PULVERIZE",
                            "BURN",
                            "DEVICE_SANITIZE",
                        ],
                    )
                ),
                name="retention_batch_method_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("first_approved_by__isnull", True),
                    models.Q(("first_approved_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="retention_batch_first_approver_did_not_propose",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("second_approved_by__isnull", True),
                    models.Q(
                        models.Q(("second_approved_by", models.F("proposed_by")), _negated=True),
                        models.Q(
                            ("second_approved_by", models.F("first_approved_by")), _negated=True
                        ),
                    ),
                    _connector="OR",
                ),
                name="retention_batch_second_approver_is_a_third_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("first_approved_at__isnull", True), ("first_approved_by__isnull", True)
                    ),
                    models.Q(
                        ("first_approved_at__isnull", False), ("first_approved_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="retention_batch_first_approved_at_and_by_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("not_before__isnull", True),
                        ("second_approved_at__isnull", True),
                        ("second_approved_by__isnull", True),
                    ),
                    models.Q(
                        ("first_approved_at__isnull", False),
                        ("not_before__isnull", False),
                        ("second_approved_at__isnull", False),
                        ("second_approved_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="retention_batch_second_approved_after_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("status__in", ("FIRST_APPROVED", "APPROVED", "EXECUTING", "DONE")),
                        _negated=True,
                    ),
                    ("first_approved_at__isnull", False),
                    _connector="OR",
                ),
                name="retention_batch_approved_once_has_first_approver",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("APPROVED", "EXECUTING", "DONE")), _negated=True),
                    ("second_approved_at__isnull", False),
                    _connector="OR",
                ),
                name="retention_batch_approved_has_second_approver",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("PROPOSED", "RETURNED")), _negated=True),
                    ("first_approved_at__isnull", True),
                    _connector="OR",
                ),
                name="retention_batch_proposed_has_no_approver",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("started_at__isnull", False),
                        ("started_by__isnull", False),
                        ("status__in", ("EXECUTING", "DONE")),
                    ),
                    models.Q(
                        models.Q(("status__in", ("EXECUTING", "DONE")), _negated=True),
                        ("started_at__isnull", True),
                        ("started_by__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="retention_batch_started_at_and_by_when_started",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("status__in", ("DONE", "CANCELLED"))),
                    models.Q(
                        models.Q(("status__in", ("DONE", "CANCELLED")), _negated=True),
                        ("closed_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="retention_batch_closed_when_closed_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchapproval",
            constraint=models.UniqueConstraint(
                models.F("batch"),
                models.F("round"),
                models.F("step"),
                name="retention_batchapproval_one_for_each_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchapproval",
            constraint=models.UniqueConstraint(
                models.F("batch"),
                models.F("round"),
                models.F("approved_by"),
                name="retention_batchapproval_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchapproval",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["FIRST", "SECOND"])),
                name="retention_batchapproval_step_is_known",
            ),
        ),
        migrations.AddIndex(
            model_name="batchstatuschange",
            index=models.Index(fields=["batch", "id"], name="retention_statuschange_order"),
        ),
        migrations.AddConstraint(
            model_name="duecount",
            constraint=models.UniqueConstraint(
                models.F("unit"), models.F("year"), name="retention_duecount_once"
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                fields=["lifted_at", "-placed_at", "-id"], name="retention_hold_by_placed"
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=["remind_on"],
                name="retention_hold_to_remind",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "LITIGATION",
                            "SUBPOENA",
                            "CLAIM",
                            "AUDIT",
                            "RELEASE_REQUEST",
                            "RESEARCH",
                            "OTHER",
                        ],
                    )
                ),
                name="retention_hold_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                ),
                name="retention_hold_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("lift_reason", ""),
                        ("lifted_at__isnull", True),
                        ("lifted_by__isnull", True),
                    ),
                    models.Q(
                        ("lifted_at__isnull", False),
                        ("lifted_by__isnull", False),
                        models.Q(("lift_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="retention_hold_lifted_at_by_and_reason_together",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lifted_at__isnull", True),
                    ("lifted_at__gte", models.F("placed_at")),
                    _connector="OR",
                ),
                name="retention_hold_lifted_after_placed",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("covers_until__isnull", True),
                    ("covers_from__isnull", True),
                    ("covers_until__gte", models.F("covers_from")),
                    _connector="OR",
                ),
                name="retention_hold_covers_until_after_from",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "RELEASE_REQUEST"), ("request_id__isnull", False)),
                    models.Q(
                        models.Q(("kind", "RELEASE_REQUEST"), _negated=True),
                        ("request_id__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="retention_hold_request_has_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                models.F("request_id"),
                condition=models.Q(("lifted_at__isnull", True)),
                name="retention_hold_one_open_for_each_request",
            ),
        ),
        migrations.AddIndex(
            model_name="batchitem",
            index=models.Index(fields=["batch", "id"], name="retention_batchitem_in_order"),
        ),
        migrations.AddIndex(
            model_name="batchitem",
            index=models.Index(
                condition=models.Q(("outcome", "WAITING")),
                fields=["batch", "id"],
                name="retention_batchitem_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.UniqueConstraint(
                models.F("batch"), models.F("patient"), name="retention_batchitem_once_in_a_batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.UniqueConstraint(
                models.F("patient"),
                condition=models.Q(("outcome", "WAITING")),
                name="retention_batchitem_one_open_batch_for_each_patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.UniqueConstraint(
                models.F("patient"),
                condition=models.Q(("outcome", "DESTROYED")),
                name="retention_batchitem_destroyed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["WAITING", "DESTROYED", "HELD", "CHANGED", "FAILED"])
                ),
                name="retention_batchitem_outcome_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("outcome", "WAITING")),
                    models.Q(
                        models.Q(("outcome", "WAITING"), _negated=True),
                        ("decided_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="retention_batchitem_decided_when_decided_at",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["WAITING", "DESTROYED"]),
                    models.Q(("outcome_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="retention_batchitem_left_out_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bytes_removed_at__isnull", True), ("outcome", "DESTROYED"), _connector="OR"
                ),
                name="retention_batchitem_bytes_removed_when_destroyed",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("eligible_on__gt", models.F("governing_on"))),
                name="retention_batchitem_eligible_after_governing_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="holddocument",
            constraint=models.UniqueConstraint(
                models.F("document"), models.F("hold"), name="retention_holddocument_once"
            ),
        ),
        migrations.AddIndex(
            model_name="holdpatient",
            index=models.Index(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=["patient"],
                name="retention_holdpatient_standing",
            ),
        ),
        migrations.AddConstraint(
            model_name="holdpatient",
            constraint=models.UniqueConstraint(
                models.F("hold"),
                models.F("patient"),
                condition=models.Q(("lifted_at__isnull", True)),
                name="retention_holdpatient_once_for_each_hold",
            ),
        ),
        migrations.AddConstraint(
            model_name="holdpatient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                    models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                    _connector="OR",
                ),
                name="retention_holdpatient_lifted_at_and_by_together",
            ),
        ),
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(
                condition=models.Q(("block", "")),
                fields=["unit", "eligible_on", "patient"],
                name="retention_evaluation_due",
            ),
        ),
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(
                condition=models.Q(("block", ""), _negated=True),
                fields=["unit", "patient"],
                name="retention_evaluation_blocked",
            ),
        ),
        migrations.AddConstraint(
            model_name="evaluation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("block", ""), ("eligible_on__isnull", False), ("governing__isnull", False)
                    ),
                    models.Q(("block", ""), _negated=True),
                    _connector="OR",
                ),
                name="retention_evaluation_date_or_block",
            ),
        ),
    ]
