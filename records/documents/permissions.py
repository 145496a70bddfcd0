"""Names of the permissions that roles carry in this room."""

VIEW_DOCUMENT = "documents.view_document"
FILE_DOCUMENT = "documents.file_document"
MOVE_DOCUMENT = "documents.move_document"
VOID_DOCUMENT = "documents.void_document"
PRINT_DOCUMENT = "documents.print_document"
DOWNLOAD_DOCUMENT = "documents.download_document"
