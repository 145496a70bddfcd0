"""Until when the authorizations that were read here held: retention keeps them for years after.

Of the readings of one form for one request the newest counts. A form holds until it is revoked or
expires; where an event ends it, until the event was noted, and until then it holds today.
"""

from __future__ import annotations

from records.retention import privacy

HELD = """
    SELECT form.patient_id,
           greatest(form.signed_on, coalesce(form.revoked_on, form.expires_on, CASE
               WHEN form.has_event_occurred THEN form.recorded_at::date
               WHEN form.expiry_event <> '' AND form.signed_on IS NOT NULL THEN CURRENT_DATE
           END)) AS on_day
      FROM (SELECT DISTINCT ON (document.patient_id, reading.request_id, reading.document_id)
                   document.patient_id, reading.signed_on, reading.expires_on,
                   reading.expiry_event, reading.has_event_occurred, reading.revoked_on,
                   reading.recorded_at
              FROM requests_release_authorization reading
              JOIN documents_document document ON document.id = reading.document_id
             WHERE document.status <> 'DESTROYED'
             ORDER BY document.patient_id, reading.request_id, reading.document_id,
                      reading.id DESC) form
"""


def register_all() -> None:
    """Let charts wait for the authorizations that were read for requests."""
    privacy.register("authorizations", HELD)
