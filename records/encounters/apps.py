from django.apps import AppConfig


class EncountersConfig(AppConfig):
    name = "records.encounters"
    label = "encounters"
    verbose_name = "Encounters"

    def ready(self) -> None:
        from records.encounters import (  # models are loaded only now
            grants,  # noqa: F401  (registration on import)
            relations,
            subjects,
            worklist,
        )

        relations.register()
        subjects.register()
        worklist.register()
