"""Names of the permissions that roles carry in this room."""

VIEW_IMPORT = "interchange.view_import"
# What somebody needs in whose name files are imported: each is what they could do by hand.
NEEDED_TO_IMPORT = (
    VIEW_IMPORT,
    "patients.register_patient",
    "patients.change_patient",
    "encounters.record_encounter",
    "documents.file_document",
)
