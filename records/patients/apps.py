from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "records.patients"
    label = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        from records.patients import grants, tracking  # noqa: F401  (registration on import)
