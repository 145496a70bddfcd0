"""Access requests as tests bring them about."""

import time
from datetime import timedelta

from django.utils import timezone

from audit.enums import Purpose
from records.access.models import AccessRequest
from records.access.services import access_decisions, access_requests
from records.access.services.access_requests import Wanted
from tests.factories.people import again

REASON = "Answers the complaint of March, letter 12"
COMMENT = "The complaint was answered last week"


def wanted(**facts):
    values = {
        "purpose": Purpose.OPERATIONS,
        "reason": REASON,
        "expires_at": timezone.now() + timedelta(days=7),
    }
    return Wanted(**values | facts)


def ask(user, patient, **facts):
    return access_requests.ask(actor=again(user), patient_id=patient.pk, wanted=wanted(**facts))


def grant(user, row):
    return access_decisions.grant(actor=again(user), access_request_id=row.pk)


def decline(user, row, comment=COMMENT):
    return access_decisions.decline(actor=again(user), access_request_id=row.pk, comment=comment)


def withdraw(user, row):
    return access_requests.withdraw(actor=again(user), access_request_id=row.pk)


def ask_in_vain(user, patient):
    """An access request whose time is over, and which the clock has not come to yet."""
    row = ask(user, patient, expires_at=timezone.now() + timedelta(milliseconds=250))
    time.sleep(0.3)
    return row


def fresh(row):
    return AccessRequest.objects.get(pk=row.pk)
