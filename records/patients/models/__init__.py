from records.patients.models.identifiers import Identifier
from records.patients.models.patients import Name, Patient
from records.patients.models.reach import Address, Contact, Phone

__all__ = ["Address", "Contact", "Identifier", "Name", "Patient", "Phone"]
