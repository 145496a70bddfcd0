from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "records.patients"
    label = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        from records.access import custody as access_custody
        from records.patients import (  # models are loaded only now
            grants,  # noqa: F401  (registration on import)
            subjects,
            tracking,  # noqa: F401  (registration on import)
        )
        from records.patients.services import custody

        subjects.register()
        access_custody.register("patients_patient", custody.follow, lock=custody.lock)
