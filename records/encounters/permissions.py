"""Names of the permissions that roles carry in this room."""

RECORD_ENCOUNTER = "encounters.record_encounter"
MANAGE_PROVIDERS = "encounters.manage_providers"
LINK_PROVIDER = "encounters.link_provider"
