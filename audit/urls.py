"""Addresses of the access log."""

from django.urls import path, register_converter

from audit.views import log, pivots, seals


class IdConverter:
    """A row's number, never longer than the database can hold."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return the number as it stands in an address."""
        return str(value)


register_converter(IdConverter, "id")

app_name = "audit"
urlpatterns = [
    path("", log.event_list, name="event_list"),
    path("export/", log.event_export, name="event_export"),
    path("events/<id:event_id>/", log.event_detail, name="event_detail"),
    path("patients/<id:patient_id>/", pivots.patient_viewers, name="patient_viewers"),
    path(
        "patients/<id:patient_id>/export/",
        pivots.patient_viewers_export,
        name="patient_viewers_export",
    ),
    path("people/<id:person_id>/", pivots.person_patients, name="person_patients"),
    path(
        "people/<id:person_id>/export/",
        pivots.person_patients_export,
        name="person_patients_export",
    ),
    path("seals/", seals.seal_list, name="seal_list"),
    path("seals/verify/", seals.trail_verify, name="trail_verify"),
]
