"""The trail's tables. They are made, partitioned and guarded by plain SQL in the migrations.

Rows are added by `audit.services` and by triggers, and never changed. The number, time,
transaction and epoch of a row are filled by the server. Words stored here are those of
`audit.enums`.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from audit.fields import Xid8Field


class Event(models.Model):
    """Somebody did, saw or was refused something."""

    id = models.BigAutoField(primary_key=True)
    occurred_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.TextField()
    on_behalf_of_id = models.BigIntegerField(null=True)
    role = models.TextField()
    action = models.TextField()
    purpose = models.TextField(blank=True)
    basis = models.TextField(blank=True)
    patient_id = models.BigIntegerField(null=True)
    subject_type = models.TextField(blank=True)
    subject_id = models.TextField(blank=True)
    outcome = models.TextField()
    request_id = models.TextField()
    session_digest = models.TextField(blank=True)
    client_address = models.GenericIPAddressField(null=True)
    detail = models.JSONField(default=dict)
    txid = Xid8Field()
    epoch = models.IntegerField()

    class Meta:
        db_table = "audit_event"
        default_permissions = ("view",)
        permissions = [("export_event", "Can export the access log")]


class EventSubject(models.Model):
    """A list that an event tells of showed this patient."""

    id = models.BigAutoField(primary_key=True)
    occurred_at = models.DateTimeField()
    event_id = models.BigIntegerField()
    patient_id = models.BigIntegerField()
    position = models.IntegerField()
    txid = Xid8Field()
    epoch = models.IntegerField()

    class Meta:
        db_table = "audit_eventsubject"
        default_permissions = ()


class RowChange(models.Model):
    """One statement added, changed or removed these rows of a tracked table."""

    id = models.BigAutoField(primary_key=True)
    occurred_at = models.DateTimeField()
    table_name = models.TextField()
    operation = models.TextField()
    keys = ArrayField(models.TextField())
    columns = ArrayField(models.TextField())
    actor_id = models.BigIntegerField(null=True)
    request_id = models.TextField(blank=True)
    txid = Xid8Field()
    epoch = models.IntegerField()

    class Meta:
        db_table = "audit_rowchange"
        default_permissions = ()


class Seal(models.Model):
    """A block of rows of one chain was closed: changed afterwards, it no longer fits its seal."""

    id = models.BigAutoField(primary_key=True)
    stream = models.TextField()
    number = models.BigIntegerField()
    epoch = models.IntegerField()
    first_txid = Xid8Field()
    first_id = models.BigIntegerField()
    last_txid = Xid8Field()
    last_id = models.BigIntegerField()
    row_count = models.IntegerField()
    root = models.BinaryField()
    leaves = models.BinaryField()
    prev_hash = models.BinaryField(unique=True)
    hash = models.BinaryField(unique=True)
    key_id = models.TextField()
    signature = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "audit_seal"
        default_permissions = ()


class Epoch(models.Model):
    """The trail lives in this cluster from now on; transaction numbers start anew."""

    number = models.IntegerField(primary_key=True)
    system_identifier = models.BigIntegerField()
    began_at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        db_table = "audit_epoch"
        default_permissions = ()
