from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RetentionConfig(AppConfig):
    name = "records.retention"
    label = "retention"
    verbose_name = "Retention"

    def ready(self) -> None:
        from records.retention import (
            grants,  # noqa: F401  (registration on import)
            registrations,  # models are loaded only now
        )
        from records.retention.services import schedule

        registrations.register_all()
        post_migrate.connect(schedule.sync, sender=self, dispatch_uid="retention.sync_schedule")
