from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "records.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from records.access import custody
        from records.documents import (  # models are loaded only now
            grants,  # noqa: F401  (registration on import)
            keepers,
            labels,
            worklist,
        )
        from records.documents.services import filing

        custody.register("documents_document", filing.follow_chart)
        keepers.register_own()
        labels.register()
        worklist.register()
