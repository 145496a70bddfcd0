from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    label = "jobs"
    verbose_name = "Background work"

    def ready(self) -> None:
        from jobs import grants  # noqa: F401  (registration on import)
