"""Rows of the patient index say who changed them."""

from django.db import migrations

from audit.append_only import TrackChanges


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0001_initial"),
        ("audit", "0001_initial"),
    ]

    operations = [
        TrackChanges(
            "patients_patient",
            key="chart_id",
            derived=["last_seen_on", "version"],
        ),
        TrackChanges("patients_name"),
        TrackChanges("patients_identifier"),
        TrackChanges("patients_address"),
        TrackChanges("patients_phone"),
        TrackChanges("patients_contact"),
    ]
