from django.apps import AppConfig


class InterchangeConfig(AppConfig):
    name = "records.interchange"
    label = "interchange"
    verbose_name = "Interchange"

    def ready(self) -> None:
        from records.interchange import grants  # noqa: F401  (registration on import)
