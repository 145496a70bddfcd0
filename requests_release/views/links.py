"""The page of a one-time link: for strangers, so it says nothing of any patient."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from accounts.http import public
from audit.errors import Refused
from audit.services import events
from records.documents.errors import VaultError
from requests_release.errors import (
    DocumentNotFit,
    LinkClosed,
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    PasscodeWrong,
)
from requests_release.forms.steps import PasscodeForm
from requests_release.models import Delivery
from requests_release.services import downloads, links, repeats
from requests_release.services.downloads import Download
from requests_release.services.repeats import Chance

ENDED = (LinkUnknown, LinkUsed, LinkClosed, LinkExpired)
# What a page of a used link sends: the file once more, or word that all of it arrived.
AGAIN, ARRIVED = "again", "arrived"
STORE_IS_DOWN = "The copies cannot be read just now. Your link is still good: try again later."
TAKEN_BACK = "The copies were taken back for correction. Ask the records department."


@public
def link_download(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for the passcode, and give the file once to who has it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    try:
        delivery = links.find_link(token=token)
        if request.method != "POST":
            return _ask(request, delivery, PasscodeForm())
        return _try(request, token, delivery)
    except LinkUsed as refused:
        return _used(request, token, refused)
    except ENDED as refused:
        return _ended(request, refused)


def _try(request: HttpRequest, token: str, delivery: Delivery) -> HttpResponse:
    form = PasscodeForm(request.POST)
    if not form.is_valid():
        return _ask(request, delivery, form, status=422)
    try:
        given = downloads.download(token=token, passcode=form.cleaned_data["passcode"])
    except PasscodeWrong as wrong:
        form.add_error("passcode", wrong.message)
        return _ask(request, delivery, form, status=403, is_closed=not wrong.left)
    except DocumentNotFit as refused:
        events.record_refusal(refused)
        return _say(request, TAKEN_BACK, 410)
    except VaultError:
        return _say(request, STORE_IS_DOWN, 503)
    return _file(given)


def _used(request: HttpRequest, token: str, refused: LinkUsed) -> HttpResponse:
    """Say that the copies were downloaded; for a short while, offer them again."""
    chance = repeats.find_chance(token=token)
    step = request.POST.get("step") if request.method == "POST" else ""
    form = PasscodeForm(request.POST if step else None)
    if chance is None or step not in (AGAIN, ARRIVED):
        events.record_refusal(refused)
        return _offer(request, chance, PasscodeForm(), refused.status)
    if not form.is_valid():
        return _offer(request, chance, form, 422)
    passcode = form.cleaned_data["passcode"]
    try:
        if step == ARRIVED:
            repeats.note_arrival(token=token, passcode=passcode)
            return HttpResponse(status=204)
        return _file(repeats.download_again(token=token, passcode=passcode))
    except PasscodeWrong as wrong:
        form.add_error("passcode", wrong.message)
        return _offer(request, chance if wrong.left else None, form, 403)
    except VaultError:
        return _say(request, STORE_IS_DOWN, 503)
    except LinkUsed as late:
        return _ended(request, late)


def _offer(
    request: HttpRequest, chance: Chance | None, form: PasscodeForm, status: int
) -> HttpResponse:
    values = {"message": LinkUsed.message, "chance": chance, "form": form}
    return render(request, "requests_release/link_over.html", values, status=status)


def _file(given: Download) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{given.file_name}"'}
    return HttpResponse(given.content, content_type="application/pdf", headers=headers)


def _ask(
    request: HttpRequest,
    delivery: Delivery,
    form: PasscodeForm,
    *,
    status: int = 200,
    is_closed: bool = False,
) -> HttpResponse:
    values = {"form": form, "delivery": delivery, "is_closed": is_closed}
    return render(request, "requests_release/link.html", values, status=status)


def _ended(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Record that somebody came with a link that has ended, and say so plainly."""
    events.record_refusal(refused)
    return _say(request, refused.message, refused.status)


def _say(request: HttpRequest, message: str, status: int) -> HttpResponse:
    return render(request, "requests_release/link_over.html", {"message": message}, status=status)
