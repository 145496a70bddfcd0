from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "records.access"
    label = "access"
    verbose_name = "Custody and rights"

    def ready(self) -> None:
        from records.access import grants, worklist  # noqa: F401  (registration on import)

        worklist.register()
