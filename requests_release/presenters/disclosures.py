"""Whose disclosures they are, on the page and on paper: of a chart, or of what remains of one."""

from __future__ import annotations

from django.urls import reverse

from printing import words
from records.access.flags import Flag
from records.patients.presenters import banner, paper
from records.patients.presenters.banner import Banner
from records.patients.rules.names import PersonName
from records.patients.selectors import patients
from requests_release.selectors.disclosures import DisclosureScope, Remains


def present_banner(scope: DisclosureScope) -> Banner:
    """Return the banner of the patient; that of a destroyed chart leads to its stub."""
    if not isinstance(scope.whose, Remains):
        return banner.get_banner(scope.whose)
    was = scope.whose
    destroyed = Flag(f"Chart destroyed on {words.day(was.destroyed_at)}", icon="trash")
    return banner.present(was.who, [destroyed], url=stub_url(scope))


def present_line(scope: DisclosureScope) -> dict[str, str]:
    """Return name, number, birth date and sex of the patient, as pages of `printing` take them."""
    if isinstance(scope.whose, Remains):
        was = scope.whose.who
        return paper.line_of(
            name=PersonName(was.family, was.given, was.middle, was.suffix),
            number=was.mrn,
            birth_on=was.birth_on,
            birth_precision=was.birth_precision,
            sex=was.sex_label,
        )
    return paper.patient_line(patients.get_patient(scope.whose))


def stub_url(scope: DisclosureScope) -> str:
    """Return the page of what remains of a destroyed chart, or nothing while there is a chart."""
    if not isinstance(scope.whose, Remains):
        return ""
    return reverse("retention:stub_detail", kwargs={"patient_id": scope.patient_id})
