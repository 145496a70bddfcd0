"""Terms, holds, destruction and what remains after it."""

from tests.guards.phi.classes import CODE, HOUSE, LINK, PHI, STAFF, TECHNICAL, THIRD_PARTY

RETENTION: dict[str, dict[str, str]] = {
    "retention.AgeOfMajority": {
        HOUSE: "state age cite effective_from effective_to verified_on",
        TECHNICAL: "id",
    },
    "retention.Batch": {
        PHI: "note",
        STAFF: "proposed_by_id first_approved_by_id second_approved_by_id started_by_id",
        CODE: "status series method",
        HOUSE: "location",
        TECHNICAL: (
            "id number token round digest item_count proposed_at first_approved_at "
            "second_approved_at not_before started_at closed_at"
        ),
    },
    "retention.BatchApproval": {
        STAFF: "approved_by_id",
        CODE: "step",
        TECHNICAL: "id batch_id round digest approved_at",
    },
    "retention.BatchItem": {
        PHI: (
            "unit_id eligible_on governing_on first_service_on last_service_on document_count "
            "version_count page_count held_by_id"
        ),
        LINK: "patient_id newest_version_id",
        CODE: "governing_code governing_cite outcome outcome_reason",
        TECHNICAL: "id batch_id decided_at bytes_removed_at",
    },
    "retention.BatchStatusChange": {
        PHI: "reason",
        STAFF: "changed_by_id",
        CODE: "from_status to_status",
        TECHNICAL: "id batch_id changed_at",
    },
    "retention.Certificate": {
        PHI: "content",
        STAFF: "issued_by_id",
        TECHNICAL: "id batch_id number sha256 issued_at",
    },
    "retention.DueCount": {
        HOUSE: "unit_id year chart_count held_count",
        TECHNICAL: "id",
    },
    "retention.Evaluation": {
        PHI: "unit_id eligible_on governing_id governing_on block",
        LINK: "patient_id",
        TECHNICAL: "computed_on",
    },
    "retention.Hold": {
        PHI: "name reason custodians covers_from covers_until issued_on lift_reason",
        THIRD_PARTY: "issuer",
        STAFF: "placed_by_id lifted_by_id",
        LINK: "request_id",
        CODE: "kind",
        TECHNICAL: "id remind_on placed_at lifted_at submission_key",
    },
    "retention.HoldDocument": {
        PHI: "hold_id",
        LINK: "document_id",
        TECHNICAL: "id created_at",
    },
    "retention.HoldPatient": {
        PHI: "hold_id",
        STAFF: "placed_by_id lifted_by_id",
        LINK: "patient_id",
        TECHNICAL: "id placed_at lifted_at",
    },
    "retention.ScheduleRule": {
        HOUSE: (
            "code state record_class series population term_kind years payer cite source "
            "source_tag certainty note effective_from effective_to verified_on"
        ),
        TECHNICAL: "id",
    },
    "retention.Stub": {
        PHI: "unit_id document_count page_count abstract",
        LINK: "patient_id item_id",
        TECHNICAL: "destroyed_at",
    },
}
