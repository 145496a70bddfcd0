from records.documents.models.documents import (
    Document,
    DocumentMove,
    DocumentStatusChange,
    DocumentType,
    DocumentVersion,
)
from records.documents.models.unfiled import UnfiledFile

__all__ = [
    "Document",
    "DocumentMove",
    "DocumentStatusChange",
    "DocumentType",
    "DocumentVersion",
    "UnfiledFile",
]
