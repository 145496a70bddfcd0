from django.apps import AppConfig


class EncountersConfig(AppConfig):
    name = "records.encounters"
    label = "encounters"
    verbose_name = "Encounters"

    def ready(self) -> None:
        from records.encounters import grants, relations  # noqa: F401  (registration on import)

        relations.register()
