"""The lawful grounds of a release: what each asks for first, and what follows from it.

Rules 1.5 as rows: whether a disclosure goes into the accounting (45 CFR 164.528), whether the
minimum necessary applies (164.502(b)).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from requests_release.enums import ReleaseBasis


class Minimum(StrEnum):
    """How much may be released."""

    WHOLE = "WHOLE"
    NECESSARY = "NECESSARY"
    LIMITED_BY_ITS_TERMS = "LIMITED_BY_ITS_TERMS"


@dataclass(frozen=True)
class BasisRule:
    """One ground; `checks` is what the preparer confirms before release."""

    basis: ReleaseBasis
    is_in_accounting: bool
    minimum: Minimum
    checks: tuple[str, ...] = ()
    needs_authorization: bool = False

    @property
    def cite(self) -> str:
        """Return the paragraph of the law."""
        return _cite(self.basis)


_B = ReleaseBasis
_ALL, _NEEDED, _TERMS = Minimum.WHOLE, Minimum.NECESSARY, Minimum.LIMITED_BY_ITS_TERMS
_CITES = {
    _B.BREACH: "45 CFR 164.402-.414",
    _B.DIRECTIVE: "45 CFR 164.524(c)(3)(ii)",
    _B.HHS: "45 CFR 164.502(a)(2)(ii)",
    _B.TREATMENT: "45 CFR 164.506(c)(2)",
    _B.PAYMENT: "45 CFR 164.506(c)(3)",
    _B.OPERATIONS: "45 CFR 164.506(c)(4)",
    _B.DIRECTORY: "45 CFR 164.510(a)",
    _B.INVOLVED_IN_CARE: "45 CFR 164.510(b)",
    _B.REQUIRED_BY_LAW: "45 CFR 164.512(a)",
    _B.PUBLIC_HEALTH: "45 CFR 164.512(b)(1)(i)",
    _B.CHILD_ABUSE: "45 CFR 164.512(b)(1)(ii)",
    _B.FDA_PRODUCT: "45 CFR 164.512(b)(1)(iii)",
    _B.COMMUNICABLE_DISEASE: "45 CFR 164.512(b)(1)(iv)",
    _B.WORKPLACE_SURVEILLANCE: "45 CFR 164.512(b)(1)(v)",
    _B.SCHOOL_IMMUNIZATION: "45 CFR 164.512(b)(1)(vi)",
    _B.ADULT_ABUSE: "45 CFR 164.512(c)",
    _B.OVERSIGHT: "45 CFR 164.512(d)",
    _B.COURT_ORDER: "45 CFR 164.512(e)(1)(i)",
    _B.SUBPOENA: "45 CFR 164.512(e)(1)(ii)",
    _B.POLICE_LAW: "45 CFR 164.512(f)(1)(i)",
    _B.POLICE_PROCESS: "45 CFR 164.512(f)(1)(ii)(A)-(B)",
    _B.POLICE_ADMINISTRATIVE: "45 CFR 164.512(f)(1)(ii)(C)",
    _B.POLICE_LOCATE: "45 CFR 164.512(f)(2)",
    _B.POLICE_VICTIM: "45 CFR 164.512(f)(3)",
    _B.POLICE_DEATH: "45 CFR 164.512(f)(4)",
    _B.POLICE_PREMISES: "45 CFR 164.512(f)(5)",
    _B.POLICE_EMERGENCY: "45 CFR 164.512(f)(6)",
    _B.CORONER: "45 CFR 164.512(g)",
    _B.ORGAN_PROCUREMENT: "45 CFR 164.512(h)",
    _B.RESEARCH: "45 CFR 164.512(i)",
    _B.SERIOUS_THREAT: "45 CFR 164.512(j)",
    _B.ARMED_FORCES: "45 CFR 164.512(k)(1)",
    _B.NATIONAL_SECURITY: "45 CFR 164.512(k)(2)",
    _B.PROTECTIVE_SERVICE: "45 CFR 164.512(k)(3)",
    _B.STATE_DEPARTMENT: "45 CFR 164.512(k)(4)",
    _B.CUSTODY: "45 CFR 164.512(k)(5)",
    _B.PUBLIC_BENEFITS: "45 CFR 164.512(k)(6)",
    _B.FIREARM_CHECK: "45 CFR 164.512(k)(7)",
    _B.WORKERS_COMP: "45 CFR 164.512(l)",
    _B.LIMITED_DATA_SET: "45 CFR 164.514(e)",
    _B.AUTHORIZATION: "45 CFR 164.508",
    _B.ACCESS: "45 CFR 164.524",
}


def _cite(basis: ReleaseBasis) -> str:
    return _CITES[basis]


BASIS_RULES: dict[ReleaseBasis, BasisRule] = {
    rule.basis: rule
    for rule in (
        BasisRule(_B.ACCESS, False, _ALL, ("Identity, and authority of a representative",)),
        BasisRule(
            _B.DIRECTIVE,
            False,
            _ALL,
            ("Signed and in writing", "Names the person and where to send", "Electronic copy only"),
        ),
        BasisRule(
            _B.AUTHORIZATION,
            False,
            _ALL,
            ("Authorization without defects",),
            needs_authorization=True,
        ),
        BasisRule(_B.TREATMENT, False, _ALL, ("The recipient treats the patient",)),
        BasisRule(_B.PAYMENT, False, _NEEDED, ("For payment of a named claim",)),
        BasisRule(
            _B.OPERATIONS,
            False,
            _NEEDED,
            ("Both have a relationship with the patient", "For quality review or fraud detection"),
        ),
        BasisRule(
            _B.DIRECTORY, False, _NEEDED, ("The patient did not object", "Asked for by name")
        ),
        BasisRule(
            _B.INVOLVED_IN_CARE,
            False,
            _NEEDED,
            ("The patient agreed or did not object, or professional judgment", "Relevant only"),
        ),
        BasisRule(_B.REQUIRED_BY_LAW, True, _TERMS, ("The law is cited", "Within its terms")),
        BasisRule(
            _B.PUBLIC_HEALTH, True, _NEEDED, ("The authority is authorized by law to collect",)
        ),
        BasisRule(_B.CHILD_ABUSE, True, _NEEDED, ("The agency is authorized by law",)),
        BasisRule(_B.FDA_PRODUCT, True, _NEEDED, ("The person answers for the product",)),
        BasisRule(_B.COMMUNICABLE_DISEASE, True, _NEEDED, ("Law authorizes the notice",)),
        BasisRule(
            _B.WORKPLACE_SURVEILLANCE,
            True,
            _NEEDED,
            ("Care was given at the employer's request", "Written notice to the employee"),
        ),
        BasisRule(
            _B.SCHOOL_IMMUNIZATION,
            True,
            _NEEDED,
            ("The state requires the proof", "Agreement is documented"),
        ),
        BasisRule(
            _B.ADULT_ABUSE,
            True,
            _NEEDED,
            ("Agreed, required by law, or authorized and needed", "The victim is told"),
        ),
        BasisRule(_B.OVERSIGHT, True, _NEEDED, ("Not an investigation of the individual",)),
        BasisRule(
            _B.COURT_ORDER,
            True,
            _TERMS,
            ("Genuine and signed by the tribunal", "Only what it expressly orders"),
        ),
        BasisRule(
            _B.SUBPOENA,
            True,
            _NEEDED,
            ("Notice to the patient with time to object, or a qualified protective order",),
        ),
        BasisRule(_B.POLICE_LAW, True, _TERMS, ("The law is cited",)),
        BasisRule(_B.POLICE_PROCESS, True, _TERMS, ("The process is on file",)),
        BasisRule(
            _B.POLICE_ADMINISTRATIVE,
            True,
            _NEEDED,
            ("Relevant and material", "Specific and limited", "De-identified data will not do"),
        ),
        BasisRule(_B.POLICE_LOCATE, True, _NEEDED, ("Only the listed particulars",)),
        BasisRule(_B.POLICE_VICTIM, True, _NEEDED, ("The victim agrees, or the three statements",)),
        BasisRule(_B.POLICE_DEATH, True, _NEEDED, ("Good-faith belief",)),
        BasisRule(_B.POLICE_PREMISES, True, _NEEDED, ("Good-faith belief",)),
        BasisRule(_B.POLICE_EMERGENCY, True, _NEEDED, ("Good-faith belief", "Not for abuse")),
        BasisRule(_B.CORONER, True, _NEEDED, ("Identity",)),
        BasisRule(_B.ORGAN_PROCUREMENT, True, _NEEDED, ("Identity",)),
        BasisRule(
            _B.RESEARCH, True, _NEEDED, ("Waiver, preparatory or decedents' papers on file",)
        ),
        BasisRule(
            _B.SERIOUS_THREAT,
            True,
            _NEEDED,
            ("Good-faith belief", "The recipient can prevent the harm"),
        ),
        BasisRule(_B.ARMED_FORCES, True, _NEEDED, ("Authority published by notice",)),
        BasisRule(_B.NATIONAL_SECURITY, False, _NEEDED, ("Authorized federal official",)),
        BasisRule(_B.PROTECTIVE_SERVICE, True, _NEEDED, ("Authorized official",)),
        BasisRule(_B.STATE_DEPARTMENT, True, _NEEDED, ("Authorized official",)),
        BasisRule(_B.CUSTODY, False, _NEEDED, ("The official states the need",)),
        BasisRule(_B.PUBLIC_BENEFITS, True, _NEEDED, ("Agency administering the program",)),
        BasisRule(_B.FIREARM_CHECK, True, _NEEDED, ("Limited identifiers only",)),
        BasisRule(
            _B.WORKERS_COMP,
            True,
            _NEEDED,
            ("As far as the state's law authorizes", "Limited to the injury"),
        ),
        BasisRule(_B.HHS, True, _ALL, ("Request of the Secretary",)),
        BasisRule(_B.LIMITED_DATA_SET, False, _NEEDED, ("Data-use agreement on file",)),
        BasisRule(_B.BREACH, True, _ALL, ("Incident is recorded",)),
    )
}


def rule_of(basis: str) -> BasisRule:
    """Return the row of a ground.

    Raises:
        ValueError: there is no such ground.
    """
    return BASIS_RULES[ReleaseBasis(basis)]


def accounting_required(basis: str) -> bool:
    """Tell whether a disclosure on this ground goes into the accounting (AOD-2, AOD-3)."""
    return rule_of(basis).is_in_accounting


def minimum_necessary(basis: str) -> bool:
    """Tell whether the minimum necessary applies; an order or a law that sets its own limit no."""
    return rule_of(basis).minimum == Minimum.NECESSARY
