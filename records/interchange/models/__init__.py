from records.interchange.models.items import ImportedItem
from records.interchange.models.runs import ImportRejection, ImportRun, ImportUpload

__all__ = ["ImportRejection", "ImportRun", "ImportUpload", "ImportedItem"]
