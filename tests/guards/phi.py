"""What every column of every table holds, so that nobody adds a sensitive one unseen.

A new field fails the guard until it stands here; what stands here decides what the table must
have (`test_phi_classification`).
"""

PHI = "PHI"  # tells of a patient's identity, health, care, or of what was released about them
IDENTIFIER = "IDENTIFIER"  # a number or name by which others know the patient
THIRD_PARTY = "THIRD_PARTY"  # people who are neither patients nor staff: next of kin, requesters
STAFF = "STAFF"  # people who work here, and what they did
LINK = "LINK"  # the key of a patient or of a record of theirs, meaningless outside
SECRET = "SECRET"  # keys, hashes of passwords and tokens, sessions
CODE = "CODE"  # a word out of a fixed list, a citation
HOUSE = "HOUSE"  # the hospital's own units, kinds, rules
TECHNICAL = "TECHNICAL"  # keys, versions, sizes, times of writing

CLASSES = {PHI, IDENTIFIER, THIRD_PARTY, STAFF, LINK, SECRET, CODE, HOUSE, TECHNICAL}

# Model: class: its columns.
FIELDS: dict[str, dict[str, str]] = {
    "access.BrokenGlass": {
        PHI: "reason review_note",
        STAFF: "user_id reviewed_by_id",
        LINK: "chart_id",
        CODE: "review_outcome",
        TECHNICAL: "id started_at ends_at closed_at reviewed_at",
    },
    "access.Chart": {
        PHI: "unit_id is_restricted",
        CODE: "status",
        TECHNICAL: "id created_at",
    },
    "access.ChartUnit": {
        PHI: "unit_id",
        LINK: "chart_id",
        TECHNICAL: "id since",
    },
    "access.ChartUserPermission": {
        PHI: "reason",
        STAFF: "user_id granted_by_id",
        LINK: "content_object_id",
        TECHNICAL: "id permission_id granted_at expires_at",
    },
    "access.CustodyUnit": {
        CODE: "sensitivity_classes",
        HOUSE: "facility_id code name is_listed is_active",
        TECHNICAL: "id",
    },
    "access.Facility": {
        CODE: "state record_class",
        HOUSE: "code name time_zone",
        TECHNICAL: "id",
    },
    "access.GlassNotice": {
        STAFF: "user_id",
        LINK: "glass_id",
        TECHNICAL: "id told_at seen_at",
    },
    "access.UnitGroupPermission": {
        STAFF: "group_id granted_by_id reason",
        HOUSE: "content_object_id",
        TECHNICAL: "id permission_id granted_at expires_at",
    },
    "access.UnitUserPermission": {
        STAFF: "user_id granted_by_id reason",
        HOUSE: "content_object_id",
        TECHNICAL: "id permission_id granted_at expires_at",
    },
    "account.EmailAddress": {
        STAFF: "user_id email",
        TECHNICAL: "id verified primary",
    },
    "account.EmailConfirmation": {
        STAFF: "email_address_id",
        SECRET: "key",
        TECHNICAL: "id created sent",
    },
    "accounts.User": {
        STAFF: (
            "is_superuser username email display_name is_active must_change_password "
            "created_at disabled_by_id"
        ),
        SECRET: "password",
        TECHNICAL: "id disabled_at",
    },
    "accounts.User_groups": {
        STAFF: "user_id group_id",
        TECHNICAL: "id",
    },
    "accounts.User_user_permissions": {
        STAFF: "user_id",
        TECHNICAL: "id permission_id",
    },
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
    "auth.Group": {
        CODE: "name",
        TECHNICAL: "id",
    },
    "auth.Group_permissions": {
        STAFF: "group_id",
        TECHNICAL: "id permission_id",
    },
    "auth.Permission": {
        CODE: "codename",
        HOUSE: "name",
        TECHNICAL: "id content_type_id",
    },
    "contenttypes.ContentType": {
        CODE: "app_label model",
        TECHNICAL: "id",
    },
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
        LINK: "document_id from_patient_id to_patient_id",
        TECHNICAL: "id moved_at",
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
        TECHNICAL: "id",
    },
    "guardian.GroupObjectPermission": {
        STAFF: "group_id",
        TECHNICAL: "id permission_id content_type_id object_pk",
    },
    "guardian.UserObjectPermission": {
        STAFF: "user_id",
        TECHNICAL: "id permission_id content_type_id object_pk",
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
    "jobs.Job": {
        STAFF: "requested_by_id",
        LINK: "subject_id",
        CODE: "kind state step error_code",
        TECHNICAL: (
            "id done_count total_count attempt max_attempts lease_token lease_until due_at "
            "created_at closed_at"
        ),
    },
    "mfa.Authenticator": {
        STAFF: "user_id",
        SECRET: "data",
        CODE: "type",
        TECHNICAL: "id created_at last_used_at",
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
        TECHNICAL: "id version_number recorded_at",
    },
    "requests_release.Comment": {
        PHI: "text",
        STAFF: "made_by_id",
        LINK: "request_id",
        TECHNICAL: "id made_at",
    },
    "requests_release.Delivery": {
        PHI: "handed_on tracking_note",
        STAFF: "created_by_id",
        LINK: "request_id package_id",
        SECRET: "token_hash passcode_hash",
        CODE: "method",
        TECHNICAL: "id expires_at failed_attempts closed_at used_at created_at",
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
    "requests_release.Requester": {
        THIRD_PARTY: "name address phone fax email",
        STAFF: "created_by_id",
        CODE: "kind",
        TECHNICAL: "id created_at",
    },
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
    "sessions.Session": {
        SECRET: "session_key session_data",
        TECHNICAL: "expire_date",
    },
    "usersessions.UserSession": {
        STAFF: "user_id ip user_agent",
        SECRET: "session_key",
        TECHNICAL: "id created_at last_seen_at data",
    },
}

# Models whose rows give rights: who may what.
RIGHTS = {
    "access.CustodyUnit",
    "access.Chart",
    "access.ChartUnit",
    "access.BrokenGlass",
    "access.UnitUserPermission",
    "access.UnitGroupPermission",
    "access.ChartUserPermission",
    "accounts.User",
    "accounts.User_groups",
}

# Tables with sensitive columns or rights that no trigger follows, and why.
UNTRACKED = {
    "auditlog.LogEntry": "is itself the before and after of tracked rows, and is purged with them",
    "retention.Evaluation": "derived: computed anew every night from rows that are tracked",
}

# Identifiers that screens show before and after, and why.
SHOWN_BEFORE_AND_AFTER = {
    ("patients.Patient", "mrn"): "stands in the banner of every page that shows the history",
}
