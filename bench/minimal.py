"""U: one patient by number through the ORM, a few words of HTML."""

from django.http import HttpResponse
from django.urls import path

from records.patients.models import Patient


def one(request, patient_id):
    """Answer with a patient's name: one query."""
    patient = Patient.objects.get(pk=patient_id)
    return HttpResponse(f"<html><body><h1>{patient.family}, {patient.given}</h1></body></html>")


urlpatterns = [path("u/<int:patient_id>/", one)]
