"""Delivering finished copies: a one-time link, or mailed, faxed, handed over."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from audit.errors import Refused
from audit.http import requires
from printing import words
from requests_release.enums import DeliveryMethod, RequestStatus
from requests_release.errors import LinkMade
from requests_release.forms.steps import HandOverForm, LinkForm
from requests_release.permissions import DELIVER_RELEASE
from requests_release.presenters import deliveries as presenter
from requests_release.selectors import requests
from requests_release.services import deliveries, links, passcodes
from requests_release.services.links import NewLink
from requests_release.views import attempts, frames
from requests_release.views.frames import Opened

# The ways out that the page sends beside handing over: a link, and one in place of the open one.
LINK, IN_PLACE = "link", "in_place"


@requires(DELIVER_RELEASE, methods=("GET", "POST"))
def request_deliver(request: HttpRequest, request_id: int) -> HttpResponse:
    """Make a link, whose passcode is shown once, or note that the copies were handed over.

    A form that comes again, as when its answer is loaded again, leads to what stands.
    """
    opened = frames.open_request(request, request_id)
    way = request.POST.get("way", "") if request.method == "POST" else ""
    wants_link = way in (LINK, IN_PLACE)
    wants_hand = request.method == "POST" and not wants_link
    initial = {"version": opened.request.version, "key": uuid.uuid4()}
    link_form = LinkForm(request.POST if wants_link else None, prefix="link", initial=initial)
    hand_form = HandOverForm(
        request.POST if wants_hand else None,
        prefix="hand",
        initial=initial,
        address=opened.request.recipient_address,
    )
    answer: HttpResponse | None = None
    refused: Refused | None = None
    if wants_link and link_form.is_valid():
        answer, refused = _try_link(request, opened, link_form, way)
    if wants_hand and hand_form.is_valid():
        answer, refused = _try_hand_over(request, opened, hand_form)
    if answer is not None:
        return answer
    form = link_form if wants_link else hand_form
    shown = attempts.show_again(opened, form, refused, why_not=_unless_ready)
    package = shown.opened.package
    delivery = requests.get_delivery(shown.opened.request)
    values = frames.values(shown.opened, "request_deliver") | shown.values
    values |= {
        "link_form": link_form,
        "hand_form": hand_form,
        "delivery": presenter.present(delivery, now=timezone.now()),
        "expires_at": delivery.expires_at if delivery else None,
        "package_pages": words.counted(package.page_count, "page") if package else "",
        "is_ready": shown.opened.request.status == RequestStatus.READY,
    }
    return render(request, "requests_release/deliver.html", values, status=shown.status)


def _try_link(
    request: HttpRequest, opened: Opened, form: LinkForm, way: str
) -> tuple[HttpResponse | None, Refused | None]:
    """Make the link and show it; sent again, lead to the page that says what stands."""
    made: list[NewLink] = []
    refused = attempts.attempt_work(
        opened, form, lambda: made.append(_make_link(opened, form, way))
    )
    if refused is None:
        return _show_link(request, opened, made[0]), None
    if not isinstance(refused, LinkMade):
        return None, refused
    messages.info(request, refused.message)
    return redirect("requests_release:request_deliver", request_id=opened.request.pk), None


def _try_hand_over(
    request: HttpRequest, opened: Opened, form: HandOverForm
) -> tuple[HttpResponse | None, Refused | None]:
    """Note the delivery; sent again, lead to the request, on which it stands."""
    refused = attempts.attempt_work(opened, form, lambda: _hand_over(opened, form))
    if refused is not None and not _is_noted(opened, form):
        return None, refused
    if refused is None:
        messages.success(request, "Delivered, and the disclosure is recorded.")
    else:
        messages.info(request, "This delivery stands already: nothing new was noted.")
    return redirect("requests_release:request_detail", request_id=opened.request.pk), None


def _is_noted(opened: Opened, form: HandOverForm) -> bool:
    """Tell whether this person has noted the very delivery that the form says."""
    found = requests.get_delivery(opened.request)
    data = form.cleaned_data
    said = (opened.scope.actor.pk, data["method"], data["handed_on"], data["tracking_note"])
    return found is not None and said == (
        found.created_by_id,
        found.method,
        found.handed_on,
        found.tracking_note,
    )


def _unless_ready(opened: Opened) -> str:
    return attempts.unless(opened, opened.request.status == RequestStatus.READY)


def _make_link(opened: Opened, form: LinkForm, way: str) -> NewLink:
    return links.make_link(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        version=form.seen_version,
        days=form.cleaned_data["days"],
        form_key=form.cleaned_data["key"],
        is_in_place=way == IN_PLACE,
    )


def _show_link(request: HttpRequest, opened: Opened, made: NewLink) -> HttpResponse:
    """Show token and passcode, this once: they are kept nowhere."""
    path = reverse("release_links:link_download", kwargs={"token": made.token})
    values = frames.values(opened, "request_deliver") | {
        "link": f"{settings.SITE_URL.rstrip('/')}{path}",
        "passcode": passcodes.spaced(made.passcode),
        "delivery": made.delivery,
    }
    return render(request, "requests_release/link_made.html", values)


def _hand_over(opened: Opened, form: HandOverForm) -> None:
    data = form.cleaned_data
    deliveries.hand_over(
        actor=opened.scope.actor,
        request_id=opened.request.pk,
        version=form.seen_version,
        method=DeliveryMethod(data["method"]),
        handed_on=data["handed_on"],
        tracking_note=data["tracking_note"],
        sent_to=data.get("sent_to", ""),
    )
