from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "records.access"
    label = "access"
    verbose_name = "Custody and rights"

    def ready(self) -> None:
        from audit import owners, subjects
        from records.access import custody, grants, worklist  # noqa: F401  (registers on import)
        from records.access.models import AccessRequest, BrokenGlass
        from records.access.selectors import access_requests, glass, units
        from records.access.services import access_requests as services

        worklist.register()
        subjects.register("unit", units.label)
        subjects.register("facility", units.label_facilities)
        subjects.register("glass", glass.label, glass.url)
        subjects.register("access_request", access_requests.label)
        owners.register("glass_id", BrokenGlass, "chart_id")
        owners.register("access_request_id", AccessRequest, "chart_id")
        custody.register("access_accessrequest", services.follow_chart)
