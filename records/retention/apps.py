from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "records.retention"
    label = "retention"
    verbose_name = "Retention"

    def ready(self) -> None:
        from records.retention import grants  # noqa: F401  (registration on import)
