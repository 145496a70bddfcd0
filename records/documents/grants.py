"""What the application role may change in the tables of documents; bytes never."""

from audit import grants

STORED = ["wrapped_key", "key_erased_at", "bytes_removed_at"]

grants.register("documents_documenttype", update=True)
grants.register(
    "documents_document",
    update=[
        "patient_id",
        "unit_id",
        "encounter_id",
        "type_id",
        "title",
        "service_on",
        "sensitivity",
        "status",
        "page_count",
        "version_number",
        "lock_version",
        "voided_at",
        "voided_by_id",
        "void_reason",
        "destroyed_at",
    ],
)
grants.register("documents_documentversion", update=STORED)
grants.register(
    "documents_unfiledfile",
    update=[
        "status",
        "document_id",
        "file_name",
        "closed_at",
        "closed_by_id",
        "discard_reason",
        *STORED,
    ],
)
