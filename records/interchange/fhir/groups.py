"""Gathers what belongs to one patient while a file is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from records.interchange.fhir.bundle import Entry
from records.interchange.values import (
    AttachmentValue,
    ClinicalDocumentValue,
    EncounterValue,
    OrganizationValue,
    PatientBundleValue,
    PatientValue,
    ProviderValue,
    Reference,
    Remainder,
)

BILLING = frozenset(
    {
        "Account",
        "ChargeItem",
        "Claim",
        "ClaimResponse",
        "Contract",
        "Coverage",
        "CoverageEligibilityRequest",
        "CoverageEligibilityResponse",
        "EnrollmentRequest",
        "EnrollmentResponse",
        "ExplanationOfBenefit",
        "Invoice",
        "PaymentNotice",
        "PaymentReconciliation",
    }
)


@dataclass
class Group:
    """What belongs to one patient, while the file is read."""

    reference: Reference
    entry: Entry | None = None
    patient: PatientValue | None = None
    encounters: dict[str, EncounterValue] = field(default_factory=dict)  # by path
    documents: list[ClinicalDocumentValue] = field(default_factory=list)
    attachments: list[AttachmentValue] = field(default_factory=list)
    remainder: list[Remainder] = field(default_factory=list)
    clinical: dict[str, list[Entry]] = field(default_factory=dict)  # by encounter

    def bundle(
        self, providers: dict[str, ProviderValue], organizations: dict[str, OrganizationValue]
    ) -> PatientBundleValue:
        """Return the values, with those of the file's providers whom the encounters name."""
        named = {
            reference.key
            for value in self.encounters.values()
            for reference in (value.provider, value.organization)
            if reference
        }
        return PatientBundleValue(
            patient=self.patient,
            reference=self.reference,
            encounters=tuple(self.encounters.values()),
            providers=tuple(each for each in providers.values() if each.source_key in named),
            organizations=tuple(
                each for each in organizations.values() if each.source_key in named
            ),
            documents=tuple(self.documents),
            attachments=tuple(self.attachments),
            remainder=tuple(self.remainder),
        )
