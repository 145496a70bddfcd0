"""What happened, and the work that waits for a worker."""

from tests.guards.phi.classes import CODE, LINK, PHI, STAFF, TECHNICAL

TRAIL: dict[str, dict[str, str]] = {
    "audit.Epoch": {
        TECHNICAL: "number system_identifier began_at reason",
    },
    "audit.Event": {
        STAFF: "actor_id actor_name on_behalf_of_id role client_address",
        LINK: "patient_id subject_id",
        CODE: "action purpose basis subject_type outcome detail",
        TECHNICAL: "id occurred_at request_id session_digest txid epoch",
    },
    "audit.EventSubject": {
        LINK: "patient_id",
        TECHNICAL: "id occurred_at event_id position txid epoch",
    },
    "audit.RowChange": {
        STAFF: "actor_id",
        LINK: "keys",
        CODE: "table_name operation columns",
        TECHNICAL: "id occurred_at request_id txid epoch",
    },
    "audit.Seal": {
        TECHNICAL: (
            "id stream number epoch first_txid first_id last_txid last_id row_count root "
            "leaves prev_hash hash key_id signature sealed_at"
        ),
    },
    "auditlog.LogEntry": {
        PHI: "serialized_data changes_text changes additional_data",
        STAFF: "actor_id remote_addr actor_email",
        LINK: "object_pk object_id",
        CODE: "action",
        TECHNICAL: "id content_type_id object_repr cid remote_port timestamp",
    },
    "jobs.Job": {
        STAFF: "requested_by_id",
        LINK: "subject_id",
        CODE: "kind state step error_code",
        TECHNICAL: (
            "id done_count total_count attempt max_attempts lease_token lease_until due_at "
            "created_at closed_at"
        ),
    },
}
