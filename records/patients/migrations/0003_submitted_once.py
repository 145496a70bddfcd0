"""A form sent twice registers once; a destroyed chart says since when; history is found by index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_promises"),
        ("auditlog", "0017_add_actor_email"),
        ("patients", "0002_promises"),
    ]

    operations = [
        migrations.AddField(
            "patient",
            "destroyed_on",
            models.DateField(
                blank=True,
                help_text="When the chart had served its term and was destroyed",
                null=True,
            ),
        ),
        migrations.AddField(
            "patient",
            "submission_key",
            models.UUIDField(
                blank=True,
                help_text="Of the form sent, so that one sent twice registers once",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            "patient",
            models.CheckConstraint(
                condition=Q(status="DESTROYED", destroyed_on__isnull=False)
                | (~Q(status="DESTROYED") & Q(destroyed_on__isnull=True)),
                name="patients_patient_destroyed_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            "patient",
            models.UniqueConstraint("submission_key", name="patients_patient_submitted_once"),
        ),
        migrations.AddIndex(
            "name", models.Index(fields=["sound_key"], name="patients_alias_by_sound")
        ),
        # Names, addresses and phones that are gone are found by the patient in their first entry.
        migrations.RunSQL(
            "CREATE INDEX patients_history_by_patient ON auditlog_logentry"
            " USING gin ((changes -> 'patient'))",
            "DROP INDEX patients_history_by_patient",
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE patients_unidentified_number START 1",
            "DROP SEQUENCE patients_unidentified_number",
        ),
    ]
