"""The certificate of destruction, printed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.http import person
from audit.enums import Action, Purpose
from audit.http import requires
from audit.services import events
from records.retention import access
from records.retention.errors import BatchUnknown
from records.retention.pdf import certificates
from records.retention.permissions import VIEW_RETENTION
from records.retention.selectors import batches, stubs


@requires(VIEW_RETENTION)
def certificate_pdf(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Print the certificate of a batch; it names every patient of it."""
    certificate = stubs.get_certificate(batch_id)
    if certificate is None:
        raise BatchUnknown(
            action=Action.CERTIFICATE_PRINTED, subject_type="batch", subject_id=batch_id
        )
    access.check_sees_destroyed(person(request), batch_id, Action.CERTIFICATE_PRINTED)
    events.record(
        action=Action.CERTIFICATE_PRINTED,
        purpose=Purpose.RETENTION,
        subject_type="batch",
        subject_id=batch_id,
        patients=batches.list_destroyed_ids(batch_id),
        durable=True,
    )
    content = certificates.typeset(certificate, person(request), timezone.now())
    headers = {"Content-Disposition": f'inline; filename="{certificate.number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
