"""What the application role may change in the patient index; a trigger keeps the numbers."""

from audit import grants

grants.register("patients_patient", update=True)
grants.register("patients_name", update=True, delete=True)
grants.register("patients_identifier", update=["kind", "is_current"], delete=True)
grants.register("patients_address", update=True, delete=True)
grants.register("patients_phone", update=True, delete=True)
grants.register("patients_contact", update=True, delete=True)
grants.register("auditlog_logentry", delete=True)
