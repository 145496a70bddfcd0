"""Names of the permissions that roles carry in this room."""

SEARCH_DIRECTORY = "patients.search_directory"
REGISTER_PATIENT = "patients.register_patient"
CHANGE_PATIENT = "patients.change_patient"
