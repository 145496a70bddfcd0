from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "records.access"
    label = "access"
    verbose_name = "Custody and rights"

    def ready(self) -> None:
        from audit import subjects
        from records.access import grants, worklist  # noqa: F401  (registration on import)
        from records.access.selectors import glass, units

        worklist.register()
        subjects.register("unit", units.label)
        subjects.register("facility", units.label_facilities)
        subjects.register("glass", glass.label, glass.url)
