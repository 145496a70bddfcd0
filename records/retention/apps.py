from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "records.retention"
    label = "retention"
    verbose_name = "Retention"

    def ready(self) -> None:
        from jobs import registry
        from records.retention import grants  # noqa: F401  (registration on import)
        from records.retention.services import batches, destruction

        registry.register(batches.DESTRUCTION, destruction.step, on_failure=destruction.give_up)
