from records.retention.models.batches import (
    Batch,
    BatchApproval,
    BatchItem,
    BatchStatusChange,
)
from records.retention.models.certificates import Certificate, Stub
from records.retention.models.evaluations import DueCount, Evaluation
from records.retention.models.holds import Hold, HoldDocument, HoldPatient
from records.retention.models.schedule import AgeOfMajority, ScheduleRule

__all__ = [
    "AgeOfMajority",
    "Batch",
    "BatchApproval",
    "BatchItem",
    "BatchStatusChange",
    "Certificate",
    "DueCount",
    "Evaluation",
    "Hold",
    "HoldDocument",
    "HoldPatient",
    "ScheduleRule",
    "Stub",
]
