from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    label = "jobs"
    verbose_name = "Background work"

    def ready(self) -> None:
        from audit import subjects
        from jobs import grants  # noqa: F401  (registration on import)

        subjects.register("job", lambda ids: {value: f"background work {value}" for value in ids})
