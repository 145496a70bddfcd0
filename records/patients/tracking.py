"""Which changes of this room screens show before and after.

Of numbers only their kind is kept, never the number; every entry is named by its key alone.
"""

from __future__ import annotations

from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.db.models.signals import pre_save

from audit import context
from records.patients.models import Address, Contact, Identifier, Name, Patient, Phone

KEYS = ["family_key", "given_key", "name_key", "sound_key"]
TRACKED = (Patient, Name, Identifier, Address, Phone, Contact)
OF_PATIENT = TRACKED[1:]

auditlog.register(
    Patient,
    exclude_fields=[
        *KEYS,
        "block_sound_year",
        "block_initial_birth",
        "version",
        "last_seen_on",
        "submission_key",
        "chart",
    ],
)
auditlog.register(Name, exclude_fields=[*KEYS, "created_at"])
auditlog.register(Identifier, include_fields=["patient", "kind", "is_current"])
auditlog.register(Address)
auditlog.register(Phone, exclude_fields=["digits"])
auditlog.register(Contact)


def name_author(instance: LogEntry, **kwargs: Any) -> None:
    """Give an entry its author: whoever acts here, in a request, a worker or a command.

    The package's own middleware knows requests only.
    """
    if instance.actor_id is None and context.has_origin():
        instance.actor_id = context.current_actor_id()


pre_save.connect(name_author, sender=LogEntry, dispatch_uid="patients.name_author")
