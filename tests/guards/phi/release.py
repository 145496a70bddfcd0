"""Requests, what was sent, and to whom."""

from tests.guards.phi.classes import CODE, LINK, PHI, SECRET, STAFF, TECHNICAL, THIRD_PARTY

RELEASE: dict[str, dict[str, str]] = {
    "requests_release.Accounting": {
        PHI: "requested_on period_from period_until row_count is_chargeable",
        STAFF: "printed_by_id",
        LINK: "patient_id",
        TECHNICAL: "id printed_at",
    },
    "requests_release.Authorization": {
        PHI: (
            "scope scope_from scope_until classes recipients purpose signed_on "
            "is_signed_by_patient signer_name authority is_authority_proven expires_on "
            "expiry_event has_event_occurred names_us has_revocation_statement "
            "has_condition_statement has_redisclosure_statement has_remuneration_statement "
            "is_plain is_sought_by_us is_copy_given is_conditioned is_combined is_known_false "
            "revoked_on"
        ),
        STAFF: "revocation_recorded_by_id recorded_by_id",
        LINK: "request_id document_id",
        TECHNICAL: "id version_number revocation_recorded_at recorded_at",
    },
    "requests_release.Comment": {
        PHI: "text",
        STAFF: "made_by_id took_over_from_id",
        LINK: "request_id",
        TECHNICAL: "id made_at",
    },
    "requests_release.Delivery": {
        PHI: "handed_on tracking_note",
        STAFF: "created_by_id",
        LINK: "request_id package_id",
        SECRET: "token_hash passcode_hash",
        CODE: "method",
        TECHNICAL: "id expires_at failed_attempts closed_at used_at form_key created_at",
    },
    "requests_release.Disclosure": {
        PHI: (
            "recipient_name recipient_address description purpose basis is_in_accounting "
            "released_on"
        ),
        STAFF: "released_by_id",
        LINK: "request_id delivery_id package_id patient_id",
        TECHNICAL: "id page_count package_sha256 manifest_sha256 recorded_at",
    },
    "requests_release.Mark": {
        STAFF: "person_id",
        LINK: "request_id",
        TECHNICAL: "since heard_at",
    },
    "requests_release.Package": {
        PHI: "manifest",
        STAFF: "created_by_id",
        LINK: "request_id plan",
        CODE: "state error_code",
        TECHNICAL: (
            "id number job_id front_pages manifest_sha256 sha256 page_count created_at ready_at"
        ),
    },
    "requests_release.PackagePart": {
        LINK: "package_id",
        SECRET: "wrapped_key",
        CODE: "kind",
        TECHNICAL: (
            "id byte_size page_count sha256 storage_name key_id key_erased_at "
            "bytes_removed_at stored_at"
        ),
    },
    "requests_release.Repeat": {
        LINK: "delivery_id",
        CODE: "outcome",
        TECHNICAL: "id at",
    },
    "requests_release.Request": {
        PHI: (
            "unit_id requester_id recipient_name recipient_address kind purpose purpose_note "
            "basis scope scope_from scope_until identity_proof reviewed_classes review_note "
            "has_part2_order is_emergency has_no_records received_on extension_reason"
        ),
        STAFF: (
            "prepared_by_id assigned_by_id reviewer_id submitted_by_id approved_by_id created_by_id"
        ),
        LINK: "patient_id",
        CODE: "channel medium due_force due_label due_cite status wait_reason",
        TECHNICAL: (
            "id number due_on extended_on status_since submitted_at approved_at page_count "
            "version idempotency_key created_at"
        ),
    },
    "requests_release.RequestItem": {
        STAFF: "added_by_id",
        LINK: "request_id document_id",
        TECHNICAL: "id version_number pages added_at",
    },
    "requests_release.RequestPreparer": {
        STAFF: "person_id",
        LINK: "request_id",
        TECHNICAL: "id since",
    },
    "requests_release.RequestStatusChange": {
        PHI: "reason",
        STAFF: "changed_by_id",
        LINK: "request_id",
        CODE: "from_status to_status",
        TECHNICAL: "id changed_at",
    },
    "requests_release.RequestAssignment": {
        STAFF: "person_id person_before_id assigned_by_before_id assigned_by_id",
        LINK: "request_id",
        CODE: "is_undoing",
        TECHNICAL: "id version assigned_at",
    },
    "requests_release.RequestChoice": {
        STAFF: "chosen_by_id",
        LINK: "request_id",
        TECHNICAL: (
            "id added_count removed_count changed_count document_count page_count chosen_at"
        ),
    },
    "requests_release.TakeoverNotice": {
        STAFF: "person_id",
        LINK: "comment_id",
        TECHNICAL: "id seen_at",
    },
    "requests_release.Requester": {
        THIRD_PARTY: "name address phone fax email",
        STAFF: "created_by_id",
        CODE: "kind",
        TECHNICAL: "id created_at",
    },
}
