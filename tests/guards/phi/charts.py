"""Patients, their stays and their documents, and what was imported of them."""

from tests.guards.phi.classes import (
    CODE,
    HOUSE,
    IDENTIFIER,
    LINK,
    PHI,
    SECRET,
    STAFF,
    TECHNICAL,
    THIRD_PARTY,
)

CHARTS: dict[str, dict[str, str]] = {
    "documents.Document": {
        PHI: "unit_id type_id title service_on sensitivity void_reason",
        STAFF: "filed_by_id voided_by_id",
        LINK: "patient_id encounter_id",
        CODE: "status source",
        TECHNICAL: (
            "id page_count version_number lock_version filing_key filed_at voided_at destroyed_at"
        ),
    },
    "documents.DocumentMove": {
        PHI: "reason",
        STAFF: "moved_by_id",
        LINK: "document_id from_patient_id from_encounter_id to_patient_id",
        CODE: "is_undoing",
        TECHNICAL: "id lock_version moved_at",
    },
    "documents.DocumentStatusChange": {
        PHI: "reason",
        STAFF: "changed_by_id",
        LINK: "document_id",
        CODE: "from_status to_status",
        TECHNICAL: "id changed_at",
    },
    "documents.DocumentType": {
        CODE: "default_sensitivity",
        HOUSE: "code name section position is_active",
        TECHNICAL: "id",
    },
    "documents.DocumentVersion": {
        PHI: "reason",
        STAFF: "created_by_id",
        LINK: "document_id",
        SECRET: "wrapped_key",
        CODE: "kind media_type",
        TECHNICAL: (
            "id byte_size page_count page_sizes sha256 storage_name key_id key_erased_at "
            "bytes_removed_at number created_at"
        ),
    },
    "documents.UnfiledFile": {
        PHI: "file_name discard_reason",
        STAFF: "received_by_id closed_by_id",
        LINK: "document_id",
        SECRET: "wrapped_key",
        CODE: "kind media_type source status",
        HOUSE: "unit_id",
        TECHNICAL: (
            "id byte_size page_count page_sizes sha256 storage_name key_id key_erased_at "
            "bytes_removed_at received_at closed_at"
        ),
    },
    "encounters.Encounter": {
        PHI: (
            "unit_id kind status started_at ended_at attending_id service location reason "
            "disposition"
        ),
        IDENTIFIER: "account_number",
        STAFF: "created_by_id",
        LINK: "patient_id",
        TECHNICAL: "id version submission_key created_at",
    },
    "encounters.EncounterMove": {
        PHI: (
            "from_location to_location from_service to_service from_attending_id "
            "to_attending_id moved_at"
        ),
        STAFF: "moved_by_id",
        LINK: "encounter_id",
        TECHNICAL: "id",
    },
    "encounters.EncounterStatusChange": {
        PHI: "from_status to_status reason changed_at",
        STAFF: "changed_by_id",
        LINK: "encounter_id",
        TECHNICAL: "id",
    },
    "encounters.Provider": {
        STAFF: "name npi user_id is_active",
        TECHNICAL: "id submission_key",
    },
    "interchange.ImportRejection": {
        PHI: "file_name path message",
        CODE: "reason",
        TECHNICAL: "id run_id created_at",
    },
    "interchange.ImportRun": {
        STAFF: "asked_by_id",
        HOUSE: "feed unit_id",
        TECHNICAL: (
            "id started_at finished_at files_read files_imported files_unchanged "
            "files_without rejections patients encounters documents unfiled"
        ),
    },
    "interchange.ImportUpload": {
        PHI: "file_name content",
        SECRET: "token",
        TECHNICAL: "id run_id received_at done_at",
    },
    "interchange.ImportedItem": {
        PHI: "label",
        IDENTIFIER: "source_key aliases",
        LINK: "patient_id object_id",
        CODE: "kind",
        HOUSE: "feed",
        TECHNICAL: (
            "id source_hash source_sha256 digests run_id first_imported_at last_imported_at"
        ),
    },
    "patients.Address": {
        PHI: "line1 line2 city state postal_code country valid_from valid_until",
        LINK: "patient_id",
        CODE: "kind",
        TECHNICAL: "id",
    },
    "patients.Contact": {
        THIRD_PARTY: "name relationship phone address",
        LINK: "patient_id",
        CODE: "kind",
        TECHNICAL: "id",
    },
    "patients.Identifier": {
        IDENTIFIER: "value value_key value_encrypted blind_index last_four",
        LINK: "patient_id",
        CODE: "kind",
        HOUSE: "facility_id",
        TECHNICAL: "id is_current created_at",
    },
    "patients.Name": {
        PHI: "family given middle suffix family_key given_key name_key sound_key valid_until",
        LINK: "patient_id",
        CODE: "kind",
        TECHNICAL: "id created_at",
    },
    "patients.Patient": {
        PHI: (
            "family given middle suffix family_key given_key name_key sound_key unit_id sex "
            "name_status gender_identity birth_on died_on language race ethnicity email "
            "mother_maiden_name birth_order has_no_given_name is_confidential_address "
            "override_reason last_seen_on destroyed_on block_sound_year block_initial_birth "
            "registered_at"
        ),
        IDENTIFIER: "mrn",
        STAFF: "registered_by_id",
        LINK: "chart_id",
        CODE: "birth_precision status",
        TECHNICAL: "submission_key version",
    },
    "patients.Phone": {
        PHI: "number digits",
        LINK: "patient_id",
        CODE: "kind",
        TECHNICAL: "id",
    },
}
