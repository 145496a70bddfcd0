"""Addresses of the access log."""

from django.urls import path, register_converter

from audit import views


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
    path("", views.event_list, name="event_list"),
    path("export/", views.event_export, name="event_export"),
    path("events/<id:event_id>/", views.event_detail, name="event_detail"),
    path("patients/<id:patient_id>/", views.patient_viewers, name="patient_viewers"),
    path(
        "patients/<id:patient_id>/export/",
        views.patient_viewers_export,
        name="patient_viewers_export",
    ),
    path("people/<id:person_id>/", views.person_patients, name="person_patients"),
    path(
        "people/<id:person_id>/export/",
        views.person_patients_export,
        name="person_patients_export",
    ),
    path("seals/", views.seal_list, name="seal_list"),
    path("seals/verify/", views.trail_verify, name="trail_verify"),
]
