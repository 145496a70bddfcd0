"""Histories and moves are stamped by the server; a status changes only with its step.

Histories were only ever written by the services, with statuses of the table: the constraint is put
on whole. What is there is not looked at by the triggers.
"""

from django.db import migrations, models
from django.db.models import Q

from audit.histories import Stamped, StepByStep

STATUSES = ["CURRENT", "VOIDED", "DESTROYED"]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_histories"),
        ("documents", "0005_moves_undone"),
    ]

    operations = [
        migrations.AddConstraint(
            "documentstatuschange",
            models.CheckConstraint(
                condition=Q(from_status__in=["", *STATUSES]) & Q(to_status__in=STATUSES),
                name="documents_statuschange_statuses_are_known",
            ),
        ),
        Stamped("documents_documentstatuschange", at="changed_at", by="changed_by_id"),
        Stamped("documents_documentmove", at="moved_at", by="moved_by_id"),
        StepByStep(
            "documents_document",
            "documents_documentstatuschange",
            "document_id",
            what="A document",
            starts=["CURRENT"],
            moves={"CURRENT": ["VOIDED", "DESTROYED"], "VOIDED": ["CURRENT", "DESTROYED"]},
        ),
    ]
