"""Whose name stands on the before and after that screens show."""

from __future__ import annotations

from typing import Any

from auditlog.models import LogEntry
from django.db.models.signals import pre_save
from django.dispatch import receiver

from audit import context


@receiver(pre_save, sender=LogEntry)
def name_actor(instance: LogEntry, **_: Any) -> None:
    """Give the entry the actor and request of this moment, in requests, workers and commands."""
    instance.actor_id = context.current_actor_id()
    instance.cid = context.current_request_id()
    instance.remote_addr = None
