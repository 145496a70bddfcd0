"""Which changes of this room screens show before and after.

Of numbers only their kind is kept, never the number; every entry is named by its key alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import pre_save

from audit import context
from records.patients.models import Address, Contact, Identifier, Name, Patient, Phone

KEYS = ["family_key", "given_key", "name_key", "sound_key"]
TRACKED = (Patient, Name, Identifier, Address, Phone, Contact)
# The entries about some patients. Rows that are gone are found by the patient that their first
# entry names; keys are told apart by the table that they are keys of.
ENTRIES = """
    (content_type_id = %(own)s AND object_id = ANY(%(ids)s))
    OR (content_type_id, object_id) IN (
        SELECT content_type_id, object_id FROM auditlog_logentry
         WHERE content_type_id = ANY(%(others)s) AND changes -> 'patient' ?| %(texts)s)
"""

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


def entries_of(patient_ids: Sequence[int]) -> dict[str, Any]:
    """Return the values that `ENTRIES` asks for."""
    kinds = ContentType.objects.get_for_models(*TRACKED)
    own = kinds.pop(Patient)
    return {
        "own": own.pk,
        "others": [kind.pk for kind in kinds.values()],
        "ids": list(patient_ids),
        "texts": [str(patient_id) for patient_id in patient_ids],
    }


def name_author(instance: LogEntry, **kwargs: Any) -> None:
    """Give an entry its author: whoever acts here, in a request, a worker or a command.

    The package's own middleware knows requests only.
    """
    if instance.actor_id is None and context.has_origin():
        instance.actor_id = context.current_actor_id()


pre_save.connect(name_author, sender=LogEntry, dispatch_uid="patients.name_author")
