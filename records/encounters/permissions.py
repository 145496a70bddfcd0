"""Names of the permissions that roles carry in this room."""

RECORD_ENCOUNTER = "encounters.record_encounter"
