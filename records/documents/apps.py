from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "records.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from records.documents import grants  # noqa: F401  (registration on import)
