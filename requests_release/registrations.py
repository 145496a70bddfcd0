"""What this room tells the rooms below it at start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from audit import owners, subjects
from jobs import registry
from printing.words import day
from records.access import custody
from records.access.services.opening import ChartScope
from records.charts import panels
from records.charts.panels import Panel
from records.documents import changes, keepers
from records.documents.keepers import Keeper
from records.retention import copies
from requests_release import finder, privacy, relationships, team, worklist
from requests_release.models import Accounting, Delivery, PackagePart, Request, Requester
from requests_release.permissions import VIEW_REQUEST
from requests_release.selectors import requests
from requests_release.services import packages, packaging
from requests_release.services import requests as request_services


def _labels(ids: Sequence[str]) -> Mapping[str, str]:
    wanted = [int(value) for value in ids if value.isdigit()]
    return {
        str(key): f"request {number}"
        for key, number in Request.objects.filter(pk__in=wanted).values_list("pk", "number")
    }


def _url(request_id: str) -> str:
    return reverse("requests_release:request_detail", kwargs={"request_id": int(request_id)})


def _find(text: str) -> Sequence[str]:
    found = Request.objects.filter(number__iexact=text.strip()).values_list("pk", flat=True)
    return [str(key) for key in found]


def _parts(request_id: str) -> Sequence[tuple[str, str]]:
    found = Delivery.objects.filter(request_id=int(request_id)).order_by("pk")
    return [("delivery", str(key)) for key in found.values_list("pk", flat=True)]


def _delivery_labels(ids: Sequence[str]) -> Mapping[str, str]:
    wanted = [int(value) for value in ids if value.isdigit()]
    rows = Delivery.objects.filter(pk__in=wanted).values_list("pk", "request__number")
    return {str(key): f"delivery of request {number}" for key, number in rows}


def _accounting_labels(ids: Sequence[str]) -> Mapping[str, str]:
    wanted = [int(value) for value in ids if value.isdigit()]
    rows = Accounting.objects.filter(pk__in=wanted).values_list("pk", "requested_on")
    return {str(key): f"accounting asked for on {day(asked)}" for key, asked in rows}


def _requester_labels(ids: Sequence[str]) -> Mapping[str, str]:
    """Name the kind only: a requester can be somebody's next of kin."""
    wanted = [int(value) for value in ids if value.isdigit()]
    rows = Requester.objects.filter(pk__in=wanted)
    return {str(row.pk): f"requester, {row.get_kind_display().lower()}" for row in rows}


def _panel(scope: ChartScope) -> dict[str, Any]:
    return {"requests": requests.list_open(scope), "patient_id": scope.patient_id}


def register_all() -> None:
    """Register all that the rooms below ask this one for, and the worker's part."""
    relationships.register_all()
    privacy.register_all()
    worklist.register_all()
    team.register()
    finder.register()
    subjects.register("request", _labels, _url, _find, _parts)
    owners.register("request_id", Request, "patient_id")
    subjects.register("delivery", _delivery_labels)
    subjects.register("accounting", _accounting_labels)
    subjects.register("requester", _requester_labels)
    panels.register(
        Panel("requests", "right", 20, "requests_release/_panel.html", _panel, VIEW_REQUEST)
    )
    keepers.register(Keeper(PackagePart, "package_part", packages.place_of))
    changes.register(packages.void_of_document)
    custody.register("requests_release_request", request_services.follow_chart)
    copies.register("release packages", packages.erase_copies)
    registry.register(packages.KIND, packaging.work, on_failure=packaging.give_up)
