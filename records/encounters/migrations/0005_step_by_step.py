"""Histories are stamped by the server; a status changes only with its step in the history.

Histories were only ever written by the services, with statuses of the table: the constraint is put
on whole. What is there is not looked at by the triggers.
"""

from django.db import migrations, models
from django.db.models import Q

from audit.histories import Stamped, StepByStep

STATUSES = ["PLANNED", "IN_PROGRESS", "DISCHARGED", "CANCELLED"]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_histories"),
        ("encounters", "0004_practitioners"),
    ]

    operations = [
        migrations.AddConstraint(
            "encounterstatuschange",
            models.CheckConstraint(
                condition=Q(from_status__in=["", *STATUSES]) & Q(to_status__in=STATUSES),
                name="encounters_statuschange_statuses_are_known",
            ),
        ),
        Stamped("encounters_encounterstatuschange", at="changed_at", by="changed_by_id"),
        # When a patient was moved is said by who moved them, and may be hours ago.
        Stamped("encounters_encountermove", by="moved_by_id"),
        StepByStep(
            "encounters_encounter",
            "encounters_encounterstatuschange",
            "encounter_id",
            what="An encounter",
            starts=["PLANNED", "IN_PROGRESS", "DISCHARGED"],
            moves={
                "PLANNED": ["IN_PROGRESS", "CANCELLED"],
                "IN_PROGRESS": ["DISCHARGED", "CANCELLED"],
                "DISCHARGED": ["IN_PROGRESS"],
            },
        ),
    ]
