"""Whether a document of a protected class may leave on a ground, and what goes with it.

Rules 6.4 and 1.8. The gates themselves are `records.access`'s; here they meet the lawful grounds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from records.access.enums import SensitivityClass
from records.access.selectors import sensitivity
from records.access.selectors.sensitivity import Gate, Redisclosure
from requests_release.enums import AuthorizedPurpose, Notice, ReleaseBasis, RequesterKind

_B = ReleaseBasis
_C = SensitivityClass
_TPO = frozenset({_B.TREATMENT, _B.PAYMENT, _B.OPERATIONS})
_OWN = frozenset({_B.ACCESS, _B.DIRECTIVE})
# Grounds on which state law lets protected classes go without the patient's words.
_MANDATED = frozenset(
    {
        _B.TREATMENT,
        _B.REQUIRED_BY_LAW,
        _B.PUBLIC_HEALTH,
        _B.COMMUNICABLE_DISEASE,
        _B.CHILD_ABUSE,
        _B.ADULT_ABUSE,
        _B.OVERSIGHT,
        _B.COURT_ORDER,
        _B.CORONER,
        _B.SERIOUS_THREAT,
        _B.HHS,
    }
)
# 45 CFR 164.508(a)(2)(ii).
_PSYCHNOTE_WITHOUT = frozenset(
    {_B.REQUIRED_BY_LAW, _B.OVERSIGHT, _B.CORONER, _B.SERIOUS_THREAT, _B.HHS}
)
# 42 CFR 2.12(c), 2.52, 2.53; HHS enforces 42 CFR Part 2 itself.
_PART2_WITHOUT = frozenset({_B.CHILD_ABUSE, _B.POLICE_PREMISES, _B.RESEARCH, _B.OVERSIGHT, _B.HHS})
_PART2 = frozenset({_C.SUD_P2, _C.SUD_COUNSELING})
# Where a shield law may stand in the way of the one who asks.
_SHIELD_FREE = frozenset({_B.ACCESS, _B.TREATMENT, _B.AUTHORIZATION, _B.HHS})


class Obstacle(StrEnum):
    """Why a document of the class may not leave."""

    NEVER_RELEASED = "NEVER_RELEASED"
    OUTSIDE_ACCESS = "OUTSIDE_ACCESS"
    NEEDS_OWN_FORM = "NEEDS_OWN_FORM"
    NEEDS_WORDS = "NEEDS_WORDS"
    NEEDS_PART2_CONSENT = "NEEDS_PART2_CONSENT"
    NEEDS_PART2_ORDER = "NEEDS_PART2_ORDER"
    CONSENT_FOR_TPO_ONLY = "CONSENT_FOR_TPO_ONLY"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    NOT_TO_PARENT = "NOT_TO_PARENT"
    NOT_TO_PLAN = "NOT_TO_PLAN"
    NOT_FOR_UNDERWRITING = "NOT_FOR_UNDERWRITING"
    GROUND_TOO_WEAK = "GROUND_TOO_WEAK"


@dataclass(frozen=True)
class Circumstances:
    """What decides about a protected class.

    `form_classes` are the classes that a valid authorization or consent names; `form_purpose`
    what it is for; `reviewed` the classes that a professional has looked at and let pass;
    `has_part2_order` a court order under 42 CFR 2.64-2.66 together with a subpoena.
    """

    basis: ReleaseBasis
    requester: RequesterKind
    form_classes: frozenset[str] = frozenset()
    form_purpose: str = ""
    reviewed: frozenset[str] = frozenset()
    has_part2_order: bool = False
    is_emergency: bool = False


@dataclass(frozen=True)
class Ruling:
    """The answer for one class: what stands in the way, and what goes with it if nothing does."""

    sensitivity: SensitivityClass
    obstacles: tuple[Obstacle, ...]
    notices: tuple[Notice, ...]
    rule: str
    cite: str

    @property
    def is_released(self) -> bool:
        """Tell whether documents of the class may leave."""
        return not self.obstacles


def rule_on(sensitivity_class: str, facts: Circumstances) -> Ruling:
    """Say whether documents of the class may leave under the circumstances.

    Raises:
        ValueError: there is no such class.
    """
    gate = sensitivity.gate_of(sensitivity_class)
    obstacles = tuple(_obstacles(gate, facts))
    notices = () if obstacles else tuple(_notices(gate, facts))
    return Ruling(gate.sensitivity, obstacles, notices, gate.rule, gate.cite)


def rule_on_all(classes: Iterable[str], facts: Circumstances) -> list[Ruling]:
    """Return one ruling for each class, in the order of the classes."""
    wanted = set(classes)
    return [rule_on(name, facts) for name in SensitivityClass if name in wanted]


def notices_for(rulings: Iterable[Ruling]) -> list[Notice]:
    """Return the notices that go in front of the package, each once."""
    found = {notice for ruling in rulings for notice in ruling.notices}
    return [notice for notice in Notice if notice in found]


def _obstacles(gate: Gate, facts: Circumstances) -> list[Obstacle]:
    if not gate.is_releasable:
        return [Obstacle.NEVER_RELEASED]
    if gate.needs_own_form or gate.sensitivity in _PART2:
        return _own_form_obstacles(gate, facts)
    found = []
    if gate.needs_words and _lacks_words(gate, facts):
        found.append(Obstacle.NEEDS_WORDS)
    if gate.needs_review and _lacks_review(gate, facts):
        found.append(Obstacle.NEEDS_REVIEW)
    return found + _special_obstacles(gate, facts)


def _own_form_obstacles(gate: Gate, facts: Circumstances) -> list[Obstacle]:
    if facts.basis in _OWN and not gate.is_in_record_set:
        return [Obstacle.OUTSIDE_ACCESS]
    if gate.sensitivity == _C.PSYCHNOTE:
        return _psychnote_obstacles(gate, facts)
    return _part2_obstacles(gate, facts)


def _psychnote_obstacles(gate: Gate, facts: Circumstances) -> list[Obstacle]:
    """Session notes leave on a form of their own, or on one of five grounds."""
    if facts.basis in _PSYCHNOTE_WITHOUT:
        return []
    if facts.basis != _B.AUTHORIZATION:
        return [Obstacle.GROUND_TOO_WEAK]
    return [] if facts.form_classes == {gate.sensitivity} else [Obstacle.NEEDS_OWN_FORM]


def _part2_obstacles(gate: Gate, facts: Circumstances) -> list[Obstacle]:
    """Programme records leave on consent, court order or one of the exceptions (P2-2 to P2-12).

    The patient's own access needs no consent; a subpoena alone never suffices.
    """
    is_notes = gate.sensitivity == _C.SUD_COUNSELING
    if facts.basis == _B.ACCESS or (facts.basis in _PART2_WITHOUT and not is_notes):
        return []
    if facts.is_emergency and facts.basis == _B.TREATMENT:
        return []
    if facts.basis in (_B.COURT_ORDER, _B.SUBPOENA, _B.POLICE_PROCESS):
        return [] if facts.has_part2_order else [Obstacle.NEEDS_PART2_ORDER]
    if facts.basis not in {*_TPO, _B.AUTHORIZATION, _B.DIRECTIVE}:
        return [Obstacle.GROUND_TOO_WEAK]
    return _consent_obstacles(gate, facts)


def _consent_obstacles(gate: Gate, facts: Circumstances) -> list[Obstacle]:
    if gate.sensitivity not in facts.form_classes:
        return [Obstacle.NEEDS_PART2_CONSENT]
    if gate.needs_own_form and facts.form_classes != {gate.sensitivity}:
        return [Obstacle.NEEDS_OWN_FORM]
    is_tpo_form = facts.form_purpose == AuthorizedPurpose.TREATMENT_PAYMENT_OPERATIONS
    if is_tpo_form and facts.basis not in _TPO:
        return [Obstacle.CONSENT_FOR_TPO_ONLY]
    return []


def _lacks_words(gate: Gate, facts: Circumstances) -> bool:
    if facts.basis == _B.ACCESS or facts.basis in _MANDATED:
        return False
    return gate.sensitivity not in facts.form_classes


def _lacks_review(gate: Gate, facts: Circumstances) -> bool:
    """Tell whether a professional still has to look: at any release, with three exceptions."""
    if gate.sensitivity in facts.reviewed:
        return False
    if gate.sensitivity == _C.REPRO:
        return facts.basis not in _SHIELD_FREE
    if gate.sensitivity == _C.MH:
        return facts.basis in _OWN
    return facts.basis not in (_B.TREATMENT, _B.CHILD_ABUSE, _B.ADULT_ABUSE, _B.HHS)


def _special_obstacles(gate: Gate, facts: Circumstances) -> list[Obstacle]:
    """Find the one who may not have it: parent, health plan, underwriter."""
    is_parent = facts.requester == RequesterKind.PERSONAL_REPRESENTATIVE
    has_words = gate.sensitivity in facts.form_classes
    is_plan = facts.requester == RequesterKind.INSURER_PAYMENT or facts.basis == _B.PAYMENT
    is_underwriting = facts.form_purpose == AuthorizedPurpose.ENROLLMENT
    if gate.sensitivity == _C.MINOR_CONSENTED and is_parent and not has_words:
        return [Obstacle.NOT_TO_PARENT]
    if gate.sensitivity == _C.RESTRICTED_522 and is_plan and facts.basis != _B.REQUIRED_BY_LAW:
        return [Obstacle.NOT_TO_PLAN]
    if gate.sensitivity == _C.GENETIC and is_underwriting:
        return [Obstacle.NOT_FOR_UNDERWRITING]
    return []


def _notices(gate: Gate, facts: Circumstances) -> list[Notice]:
    """Return what goes with the copies; the patient's own copies carry no notice."""
    if facts.basis == _B.ACCESS:
        return []
    if gate.redisclosure == Redisclosure.PART2:
        has_consent = gate.sensitivity in facts.form_classes
        return [Notice.PART2_PROHIBITION, *([Notice.PART2_CONSENT_COPY] if has_consent else [])]
    if gate.redisclosure == Redisclosure.STATE:
        return [Notice.STATE_REDISCLOSURE]
    return []
