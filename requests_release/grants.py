"""What the application role may change in the tables of release; histories and bytes never."""

from audit import grants

grants.register("requests_release_requester", update=["phone", "fax", "email"])
grants.register(
    "requests_release_request",
    update=[
        "unit_id",
        "requester_id",
        "recipient_name",
        "recipient_address",
        "kind",
        "purpose",
        "purpose_note",
        "basis",
        "channel",
        "medium",
        "scope",
        "scope_from",
        "scope_until",
        "identity_proof",
        "reviewed_classes",
        "review_note",
        "has_part2_order",
        "is_emergency",
        "has_no_records",
        "received_on",
        "due_on",
        "due_force",
        "due_label",
        "due_cite",
        "extended_on",
        "extension_reason",
        "status",
        "wait_reason",
        "status_since",
        "prepared_by_id",
        "assigned_by_id",
        "reviewer_id",
        "submitted_at",
        "submitted_by_id",
        "approved_at",
        "approved_by_id",
        "page_count",
        "version",
    ],
)
grants.register("requests_release_requestitem", update=["version_number", "pages"], delete=True)
grants.register(
    "requests_release_authorization",
    update=["revoked_on", "revocation_recorded_at", "revocation_recorded_by_id"],
)
grants.register(
    "requests_release_package",
    update=[
        "job_id",
        "state",
        "front_pages",
        "plan",
        "manifest",
        "manifest_sha256",
        "sha256",
        "page_count",
        "error_code",
        "ready_at",
    ],
)
grants.register(
    "requests_release_packagepart", update=["wrapped_key", "key_erased_at", "bytes_removed_at"]
)
grants.register("requests_release_mark", update=["person_id", "since", "heard_at"], delete=True)
grants.register("requests_release_takeovernotice", update=["seen_at"])
grants.register("requests_release_delivery", update=["failed_attempts", "closed_at", "used_at"])
