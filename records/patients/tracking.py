"""Which changes of this room screens show before and after."""

from auditlog.registry import auditlog

from records.patients.models import Address, Contact, Name, Patient, Phone

KEYS = ["family_key", "given_key", "name_key", "sound_key"]

auditlog.register(
    Patient,
    exclude_fields=[
        *KEYS,
        "block_sound_year",
        "block_initial_birth",
        "version",
        "last_seen_on",
        "chart",
    ],
)
auditlog.register(Name, exclude_fields=KEYS)
auditlog.register(Address)
auditlog.register(Phone, exclude_fields=["digits"])
auditlog.register(Contact)
