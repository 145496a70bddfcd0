"""Histories, stubs and moved holds are stamped by the server; a batch moves only with its step.

Histories were only ever written by the services, with statuses of the table: the constraint is put
on whole. What is there is not looked at by the triggers.
"""

from django.db import migrations, models
from django.db.models import Q

from audit.histories import Stamped, StepByStep

STATUSES = [
    "PROPOSED",
    "FIRST_APPROVED",
    "APPROVED",
    "EXECUTING",
    "DONE",
    "RETURNED",
    "CANCELLED",
]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_histories"),
        ("retention", "0007_list_exports"),
    ]

    operations = [
        migrations.AddConstraint(
            "batchstatuschange",
            models.CheckConstraint(
                condition=Q(from_status__in=["", *STATUSES]) & Q(to_status__in=STATUSES),
                name="retention_statuschange_statuses_are_known",
            ),
        ),
        Stamped("retention_batchstatuschange", at="changed_at", by="changed_by_id"),
        Stamped("retention_stub", at="destroyed_at"),
        Stamped("retention_holddocument", at="created_at"),
        # Time and name of an approval, and the time of a certificate, are kept since 0002.
        Stamped("retention_certificate", by="issued_by_id"),
        StepByStep(
            "retention_batch",
            "retention_batchstatuschange",
            "batch_id",
            what="A destruction batch",
            starts=["PROPOSED"],
            moves={
                "PROPOSED": ["FIRST_APPROVED", "RETURNED", "CANCELLED"],
                "FIRST_APPROVED": ["APPROVED", "RETURNED", "CANCELLED"],
                "RETURNED": ["PROPOSED", "CANCELLED"],
                "APPROVED": ["EXECUTING", "RETURNED", "CANCELLED"],
                "EXECUTING": ["DONE"],
            },
        ),
    ]
