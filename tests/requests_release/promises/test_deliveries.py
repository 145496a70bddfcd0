"""What PostgreSQL promises of copies that leave and of their disclosure."""

from datetime import timedelta

import psycopg2
import psycopg2.errors
import pytest
from django.utils import timezone

from tests.requests_release.promises.statements import (
    DELIVER,
    INSERT_DELIVERY,
    INSERT_DISCLOSURE,
    STEP,
)

pytestmark = [pytest.mark.promise, pytest.mark.committed]


def facts(ready, package, clerk):
    return {
        "request": ready.pk,
        "package": package.pk,
        "patient": ready.patient_id,
        "clerk": clerk.pk,
        "sha": package.sha256,
        "manifest": package.manifest_sha256,
    }


def test_delivery_disclosure_and_status_together_are_taken(sql, ready, package, clerk):
    sql(INSERT_DELIVERY, INSERT_DISCLOSURE, DELIVER, **facts(ready, package, clerk))

    ready.refresh_from_db()
    assert ready.status == "DELIVERED"
    assert ready.disclosure.package_sha256 == package.sha256


@pytest.mark.goal("G-54")
@pytest.mark.parametrize(
    "statements",
    [
        (DELIVER,),
        (INSERT_DELIVERY,),
        (INSERT_DELIVERY, DELIVER),
        (INSERT_DELIVERY, INSERT_DISCLOSURE),
        ("SET CONSTRAINTS ALL DEFERRED", DELIVER),
        (
            INSERT_DELIVERY,
            INSERT_DISCLOSURE,
            DELIVER,
            STEP.format("CLOSED"),
        ),
    ],
    ids=["status", "delivery", "no-disclosure", "no-status", "deferred", "closed-at-once"],
)
def test_one_without_the_others_is_refused(sql, ready, package, clerk, statements):
    with pytest.raises(psycopg2.errors.CheckViolation):
        sql(*statements, **facts(ready, package, clerk))

    ready.refresh_from_db()
    assert ready.status == "READY"
    assert ready.deliveries.count() == 0
    assert not hasattr(ready, "disclosure")


def test_copies_other_than_the_package_are_not_disclosed(sql, ready, package, clerk):
    values = facts(ready, package, clerk) | {"sha": "c" * 64}

    with pytest.raises(psycopg2.errors.CheckViolation, match="together with its disclosure"):
        sql(INSERT_DELIVERY, INSERT_DISCLOSURE, DELIVER, **values)


def test_a_second_disclosure_of_a_delivered_request_is_refused(sql, ready, package, clerk):
    values = facts(ready, package, clerk)
    values = sql(INSERT_DELIVERY, INSERT_DISCLOSURE, DELIVER, **values)

    with pytest.raises(psycopg2.errors.UniqueViolation):
        sql(INSERT_DISCLOSURE, **values)


@pytest.mark.parametrize(
    "changes",
    [
        (
            "INSERT INTO documents_documentstatuschange"
            " (document_id, from_status, to_status, reason, changed_at, changed_by_id)"
            " VALUES (%(document)s, 'CURRENT', 'VOIDED', 'wrong', now(), %(clerk)s)",
            "UPDATE documents_document SET status = 'VOIDED', voided_at = now(),"
            " voided_by_id = %(clerk)s, void_reason = 'wrong' WHERE id = %(document)s",
        ),
        ("UPDATE documents_document SET version_number = 2 WHERE id = %(document)s",),
    ],
    ids=["voided", "replaced"],
)
def test_a_document_changed_since_approval_stops_delivery(
    sql, ready, package, clerk, document, changes
):
    values = facts(ready, package, clerk) | {"document": document.pk}
    sql(*changes, **values)

    with pytest.raises(psycopg2.errors.CheckViolation, match="moved, voided or replaced"):
        sql(INSERT_DELIVERY, INSERT_DISCLOSURE, DELIVER, **values)


def test_when_and_by_whom_copies_were_disclosed_is_the_servers_word(
    sql, ready, package, clerk, approver
):
    values = facts(ready, package, clerk)
    forged = INSERT_DISCLOSURE.replace("now(), %(clerk)s", "'1999-01-01', %(other)s")
    with pytest.raises(psycopg2.errors.CheckViolation, match="in the name of another person"):
        sql(INSERT_DELIVERY, forged, DELIVER, other=approver.pk, **values)

    sql(INSERT_DELIVERY, forged, DELIVER, other=clerk.pk, **values)

    ready.refresh_from_db()
    assert ready.disclosure.released_by == clerk
    assert timezone.now() - ready.disclosure.recorded_at < timedelta(minutes=1)
