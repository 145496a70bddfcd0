from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RetentionConfig(AppConfig):
    name = "records.retention"
    label = "retention"
    verbose_name = "Retention"

    def ready(self) -> None:
        from jobs import registry
        from records.retention import grants  # noqa: F401  (registration on import)
        from records.retention.services import batches, destruction, schedule

        post_migrate.connect(schedule.sync, sender=self, dispatch_uid="retention.sync_schedule")

        registry.register(batches.DESTRUCTION, destruction.step, on_failure=destruction.give_up)
