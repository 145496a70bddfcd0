from records.encounters.models.encounters import Encounter, EncounterMove, EncounterStatusChange
from records.encounters.models.providers import Provider

__all__ = ["Encounter", "EncounterMove", "EncounterStatusChange", "Provider"]
