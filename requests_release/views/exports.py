"""The pages from which lists of requests, and a patient's disclosures, leave as files."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from accounts.http import person
from audit import exporting
from audit.enums import Purpose
from audit.exporting import Export
from audit.http import requires
from requests_release.permissions import EXPORT_LIST, VIEW_REQUEST
from requests_release.presenters import boards as presenter
from requests_release.presenters import disclosures as disclosure_presenter
from requests_release.selectors import boards, disclosures
from requests_release.selectors.boards import Filters
from requests_release.services import disclosures as services
from requests_release.services import exports


@requires(VIEW_REQUEST, EXPORT_LIST, methods=exporting.METHODS)
@exporting.by_fresh_proof()
def request_export(request: HttpRequest) -> HttpResponseBase:
    """Send the list as shown by the same filters, as CSV or XLSX."""
    user, filters, today = person(request), Filters.read(request.GET), timezone.localdate()
    return exporting.answer(
        request,
        Export(
            of="the list of release requests",
            count=partial(boards.count_list, user, filters, today=today),
            said=presenter.describe(filters),
            list_url=exporting.address_of_list(request, reverse("requests_release:request_board")),
            take_out=partial(exports.export_requests, actor=user, filters=filters, today=today),
        ),
    )


def _unless_closed(request: HttpRequest, patient_id: int) -> None:
    """Refuse, before any proof, who may not see the disclosures.

    Raises:
        ChartUnknown, ChartRefused, GlassReadsOnly, DisclosuresElsewhere: no ground to see them.
    """
    services.peek_disclosures(actor=person(request), patient_id=patient_id)


@requires(VIEW_REQUEST, EXPORT_LIST, methods=exporting.METHODS)
@exporting.by_fresh_proof(first=_unless_closed)
def disclosure_export(request: HttpRequest, patient_id: int) -> HttpResponseBase:
    """Send everything that left the house of this patient, as CSV or XLSX."""
    scope = services.open_disclosures(
        actor=person(request), patient_id=patient_id, purpose=Purpose.RELEASE
    )
    page = reverse("requests_release:disclosure_list", kwargs={"patient_id": patient_id})
    return exporting.answer(
        request,
        Export(
            of="the list of this patient's disclosures",
            count=partial(disclosures.count_disclosures, scope),
            said=(),
            list_url=exporting.address_of_list(request, page),
            take_out=partial(exports.export_disclosures, scope=scope),
            banner=disclosure_presenter.present_banner(scope),
        ),
    )
