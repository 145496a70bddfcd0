"""Addresses of the release room, and what its forms are sent with."""

import uuid

from django.urls import reverse
from django.utils import timezone


def page(name, request=None, **more):
    kwargs = ({"request_id": request.pk} if request else {}) | more
    return reverse(f"requests_release:{name}", kwargs=kwargs)


def log_data(**changes):
    today = timezone.localdate()
    return {
        "requester_kind": "PATIENT",
        "requester_name": "Freda O'Connell",
        "requester_address": "622 Gerhold Orchard, Boston MA",
        "kind": "ACCESS",
        "basis": "524",
        "purpose": "PATIENT_REQUEST",
        "scope": "Everything of 2026",
        "received_on": today.isoformat(),
        "channel": "WALK_IN",
        "medium": "ELECTRONIC",
        "key": str(uuid.uuid4()),
    } | changes
