"""Delivering finished copies: a one-time link, or mailed, faxed, handed over."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from audit.http import requires
from requests_release.enums import DeliveryMethod, RequestStatus
from requests_release.forms.steps import HandOverForm, LinkForm
from requests_release.permissions import DELIVER_RELEASE
from requests_release.selectors import requests
from requests_release.services import deliveries, links
from requests_release.views import frames
from requests_release.views.frames import Opened


@requires(DELIVER_RELEASE, methods=("GET", "POST"))
def request_deliver(request: HttpRequest, request_id: int) -> HttpResponse:
    """Make a link, whose passcode is shown once, or note that the copies were handed over."""
    opened = frames.open_request(request, request_id)
    wants_link = request.method == "POST" and request.POST.get("way") == "link"
    wants_hand = request.method == "POST" and not wants_link
    initial = {"version": opened.request.version}
    link_form = LinkForm(request.POST if wants_link else None, prefix="link", initial=initial)
    hand_form = HandOverForm(request.POST if wants_hand else None, prefix="hand", initial=initial)
    if wants_link and link_form.is_valid():
        return _make_link(request, opened, link_form)
    if wants_hand and hand_form.is_valid():
        return _hand_over(request, opened, hand_form)
    values = frames.values(opened, "request_deliver") | {
        "link_form": link_form,
        "hand_form": hand_form,
        "delivery": requests.get_delivery(opened.request),
        "is_ready": opened.request.status == RequestStatus.READY,
    }
    status = 422 if link_form.errors or hand_form.errors else 200
    return render(request, "requests_release/deliver.html", values, status=status)


def _make_link(request: HttpRequest, opened: Opened, form: LinkForm) -> HttpResponse:
    """Make the link and show token and passcode, this once: they are kept nowhere."""
    made = links.make_link(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        version=form.cleaned_data["version"],
        days=form.cleaned_data["days"],
    )
    path = reverse("release_links:link_download", kwargs={"token": made.token})
    values = frames.values(opened, "request_deliver") | {
        "link": f"{settings.SITE_URL.rstrip('/')}{path}",
        "passcode": links.spaced(made.passcode),
        "delivery": made.delivery,
    }
    return render(request, "requests_release/link_made.html", values)


def _hand_over(request: HttpRequest, opened: Opened, form: HandOverForm) -> HttpResponse:
    data = form.cleaned_data
    deliveries.hand_over(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        version=data["version"],
        method=DeliveryMethod(data["method"]),
        handed_on=data["handed_on"],
        tracking_note=data["tracking_note"],
    )
    messages.success(request, "Delivered, and the disclosure is recorded.")
    return redirect("requests_release:request_detail", request_id=opened.request.pk)
