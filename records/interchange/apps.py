from django.apps import AppConfig


class InterchangeConfig(AppConfig):
    name = "records.interchange"
    label = "interchange"
    verbose_name = "Interchange"

    def ready(self) -> None:
        from audit import subjects
        from jobs import registry
        from records.interchange import grants  # noqa: F401  (registration on import)
        from records.interchange.selectors import runs
        from records.interchange.services import uploads

        subjects.register("import", runs.label, runs.url)
        registry.register(uploads.IMPORT, uploads.step, on_failure=uploads.give_up)
