"""Plain SQL by which copies leave, as the application would run it."""

INSERT_DISCLOSURE = """
    INSERT INTO requests_release_disclosure (
        request_id, delivery_id, package_id, patient_id, recipient_name, recipient_address,
        description, purpose, basis, is_in_accounting, released_on, page_count, package_sha256,
        manifest_sha256, recorded_at, released_by_id)
    VALUES (%(request)s, %(delivery)s, %(package)s, %(patient)s, 'Court', '', 'Summary', 'Order',
            '512E_ORDER', true, '2026-11-20', 4, %(sha)s, %(manifest)s, now(), %(clerk)s)
"""
INSERT_DELIVERY = """
    INSERT INTO requests_release_delivery (
        request_id, package_id, method, token_hash, passcode_hash, failed_attempts, used_at,
        handed_on, tracking_note, created_at, created_by_id)
    VALUES (%(request)s, %(package)s, 'MAIL', '', '', 0, now(), '2026-11-20', '', now(), %(clerk)s)
    RETURNING id
"""
STEP = """
    INSERT INTO requests_release_requeststatuschange
        (request_id, from_status, to_status, reason, changed_at, changed_by_id)
    SELECT id, status, '{0}', '', now(), %(clerk)s
    FROM requests_release_request WHERE id = %(request)s;
    UPDATE requests_release_request SET status = '{0}' WHERE id = %(request)s
"""
DELIVER = STEP.format("DELIVERED")
