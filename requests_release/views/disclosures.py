"""What was disclosed of a patient, and the accounting that the patient gets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.http import person
from audit.enums import Purpose
from audit.http import requires
from requests_release.forms.steps import AccountingForm
from requests_release.pdf import accountings as pdf
from requests_release.permissions import PRINT_ACCOUNTING, VIEW_REQUEST
from requests_release.presenters import disclosures as presenter
from requests_release.selectors import disclosures
from requests_release.selectors.disclosures import DisclosureScope
from requests_release.services import accountings
from requests_release.services import disclosures as services

MOST_ROWS = 200


@requires(VIEW_REQUEST)
def disclosure_list(request: HttpRequest, patient_id: int) -> HttpResponse:
    """List what left the house of this patient, and the accountings given."""
    scope = services.open_disclosures(
        actor=person(request), patient_id=patient_id, purpose=Purpose.RELEASE
    )
    return _show(request, scope, AccountingForm())


@requires(PRINT_ACCOUNTING, methods=("GET", "POST"))
def accounting_print(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Print the patient's accounting of disclosures, and remember that it was given."""
    form = AccountingForm(request.POST or None)
    if request.method != "POST":
        return redirect("requests_release:disclosure_list", patient_id=patient_id)
    scope = services.open_disclosures(
        actor=person(request), patient_id=patient_id, purpose=Purpose.PATIENT_REQUEST
    )
    if not form.is_valid():
        return _show(request, scope, form, status=422)
    given = accountings.give(actor=scope.actor, patient_id=patient_id, **form.cleaned_data)
    content = pdf.typeset(scope, given)
    headers = {"Content-Disposition": f'inline; filename="accounting-{given.accounting.pk}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _show(
    request: HttpRequest, scope: DisclosureScope, form: AccountingForm, *, status: int = 200
) -> HttpResponse:
    values = {
        "banner": presenter.present_banner(scope),
        "stub_url": presenter.stub_url(scope),
        "disclosures": disclosures.list_disclosures(scope)[:MOST_ROWS],
        "accountings": disclosures.list_accountings(scope)[:MOST_ROWS],
        "form": form,
    }
    return render(request, "requests_release/disclosures.html", values, status=status)
