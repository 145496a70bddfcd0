"""Whether a signed authorization carries a release: 45 CFR 164.508, 42 CFR 2.31 (rules 1.1).

Every defect is found, not only the first, so that one letter names all that is to be mended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from records.access.enums import SensitivityClass
from records.access.selectors import sensitivity
from requests_release.enums import AuthorizationDefect, AuthorizedPurpose, RequesterKind
from requests_release.rules import calendars
from requests_release.rules.figures import FigureCode, figure

_D = AuthorizationDefect
_P = AuthorizedPurpose
# For these purposes a treatment or an enrollment may depend on the signature, 164.508(b)(4).
_CONDITION_ALLOWED = frozenset({_P.RESEARCH, _P.ENROLLMENT, _P.THIRD_PARTY_EXAM})
_REMUNERATED = frozenset({_P.MARKETING, _P.SALE})
DISORDER_WORDS = {
    "expires_on": (
        "This lies before the day of the signature. Check both days against the form; one that "
        "truly says so was never valid: ask for a new form."
    ),
    "revoked_on": "This lies before the day on which the form was signed.",
}


@dataclass(frozen=True)
class SignedForm:
    """What a signed form says, element by element, and what is known about it.

    `classes` are the protected classes that it names in the words the law wants; `recipients`
    those who may receive; `revoked_on` is the day on which we received the revocation.
    """

    scope: str = ""
    scope_from: date | None = None
    scope_until: date | None = None
    classes: frozenset[str] = frozenset()
    recipients: tuple[str, ...] = ()
    purpose: str = ""
    signed_on: date | None = None
    is_signed_by_patient: bool = True
    signer_name: str = ""
    authority: str = ""
    is_authority_proven: bool = False
    expires_on: date | None = None
    expiry_event: str = ""
    has_event_occurred: bool = False
    names_us: bool = False
    has_revocation_statement: bool = False
    has_condition_statement: bool = False
    has_redisclosure_statement: bool = False
    has_remuneration_statement: bool = False
    is_plain: bool = False
    is_sought_by_us: bool = False
    is_copy_given: bool = False
    is_conditioned: bool = False
    is_combined: bool = False
    is_known_false: bool = False
    revoked_on: date | None = None


@dataclass(frozen=True)
class ReleaseWanted:
    """What is to leave: to whom, of which classes, of which days of service."""

    recipient: str
    classes: frozenset[str] = frozenset()
    service_from: date | None = None
    service_until: date | None = None


class Caution(StrEnum):
    """What is no defect, but worth a second look."""

    OLD_SIGNATURE = "OLD_SIGNATURE"
    DISABILITY_FORM_LAPSED = "DISABILITY_FORM_LAPSED"


Check = Callable[[SignedForm, ReleaseWanted, date], bool]


def find_defects(
    form: SignedForm, release: ReleaseWanted, *, today: date
) -> list[AuthorizationDefect]:
    """List every reason why the form does not carry the release, in the order of the law.

    An element that is not filled in makes the form invalid as a whole (AUTH-D2), so each such
    defect stands for itself.
    """
    return [defect for defect, has in _CHECKS.items() if has(form, release, today)]


def find_disorder(
    *, signed_on: date | None, expires_on: date | None = None, revoked_on: date | None = None
) -> dict[str, str]:
    """Return what is wrong with the order of a form's days, by the field that it is wrong in.

    A form holds from its signature through the day of its expiry (AUTH-E5, AUTH-E6, AUTH-D1), so
    it never ends before it was signed, and nobody revokes what is not signed yet. Days that the
    form does not give are defects, no disorder.
    """
    if signed_on is None:
        return {}
    late = {"expires_on": expires_on, "revoked_on": revoked_on}
    return {
        name: DISORDER_WORDS[name] for name, on in late.items() if on is not None and on < signed_on
    }


def find_cautions(form: SignedForm, requester: RequesterKind, *, today: date) -> list[Caution]:
    """List what a preparer should look at again: policy and form instructions, not law."""
    if form.signed_on is None:
        return []
    found = []
    if today > calendars.add_days(
        form.signed_on, figure(FigureCode.OLD_SIGNATURE_DAYS, on=today).value
    ):
        found.append(Caution.OLD_SIGNATURE)
    months = figure(FigureCode.DISABILITY_FORM_MONTHS, on=today).value
    if requester == RequesterKind.SSA_DDS and today > calendars.add_months(form.signed_on, months):
        found.append(Caution.DISABILITY_FORM_LAPSED)
    return found


def recipient_form(name: str) -> str:
    """Return a recipient's name without case and punctuation, for comparing."""
    return " ".join("".join(c if c.isalnum() else " " for c in name.casefold()).split())


def _lacks_recipient(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    named = {recipient_form(name) for name in form.recipients} - {""}
    return recipient_form(release.recipient) not in named


def _lacks_purpose(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    """ "At the request of the individual" is enough only if the individual asked, not we."""
    return not form.purpose or (form.purpose == _P.PATIENT_REQUEST and form.is_sought_by_us)


def _lacks_expiry(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    """ "None" and "end of study" will do for research only, "none" for a Part 2 TPO consent."""
    event = form.expiry_event.strip().casefold()
    if event in ("none", "end of study"):
        return form.expires_on is None and not _may_have_no_end(form)
    return form.expires_on is None and not event


def _may_have_no_end(form: SignedForm) -> bool:
    if form.purpose == _P.RESEARCH:
        return True
    return (
        form.purpose == _P.TREATMENT_PAYMENT_OPERATIONS and SensitivityClass.SUD_P2 in form.classes
    )


def _lacks_signature(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    if form.signed_on is None or form.signed_on > today:
        return True
    return not form.is_signed_by_patient and not form.signer_name.strip()


def _lacks_authority(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    described = bool(form.authority.strip()) and form.is_authority_proven
    return not form.is_signed_by_patient and not described


def _is_expired(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    """The form still holds on the day of expiry itself."""
    passed = form.expires_on is not None and today > form.expires_on
    return passed or form.has_event_occurred


def _is_compound(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    """Find a form for session notes with anything else on it, or one combined with a condition."""
    own = {name for name in form.classes if sensitivity.gate_of(name).needs_own_form}
    if own and (form.is_combined or len(form.classes) > 1):
        return True
    if form.purpose == _P.PROCEEDINGS_AGAINST_PATIENT and form.is_combined:
        return SensitivityClass.SUD_P2 in form.classes
    return form.is_combined and form.is_conditioned and form.purpose != _P.RESEARCH


def _is_conditioned(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    if not form.is_conditioned:
        return False
    if form.purpose == _P.ENROLLMENT and SensitivityClass.PSYCHNOTE in form.classes:
        return True
    return form.purpose not in _CONDITION_ALLOWED


def _goes_beyond(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    """Find days of service outside the form's, or other records beside session notes."""
    first, last = release.service_from, release.service_until
    is_before = bool(form.scope_from and first and first < form.scope_from)
    is_after = bool(form.scope_until and last and last > form.scope_until)
    own = {name for name in form.classes if sensitivity.gate_of(name).needs_own_form}
    return is_before or is_after or (bool(own) and bool(release.classes - own))


def _lacks_words(form: SignedForm, release: ReleaseWanted, today: date) -> bool:
    needed = {name for name in release.classes if sensitivity.gate_of(name).needs_words}
    return not needed <= form.classes


_CHECKS: dict[AuthorizationDefect, Check] = {
    _D.NO_SCOPE: lambda form, release, today: not form.scope.strip(),
    _D.WRONG_DISCLOSER: lambda form, release, today: not form.names_us,
    _D.RECIPIENT_MISMATCH: _lacks_recipient,
    _D.NO_PURPOSE: _lacks_purpose,
    _D.NO_EXPIRY: _lacks_expiry,
    _D.NO_SIGNATURE: _lacks_signature,
    _D.NO_AUTHORITY: _lacks_authority,
    _D.NO_REVOKE_STMT: lambda form, release, today: not form.has_revocation_statement,
    _D.NO_CONDITION_STMT: lambda form, release, today: not form.has_condition_statement,
    _D.NO_REDISCLOSE_STMT: lambda form, release, today: not form.has_redisclosure_statement,
    _D.NOT_PLAIN: lambda form, release, today: not form.is_plain,
    _D.NO_COPY_GIVEN: lambda form, release, today: form.is_sought_by_us and not form.is_copy_given,
    _D.NO_REMUNERATION_STMT: lambda form, release, today: (
        form.purpose in _REMUNERATED and not form.has_remuneration_statement
    ),
    _D.EXPIRED: _is_expired,
    _D.REVOKED: lambda form, release, today: (
        form.revoked_on is not None and form.revoked_on <= today
    ),
    _D.COMPOUND: _is_compound,
    _D.CONDITIONED: _is_conditioned,
    _D.KNOWN_FALSE: lambda form, release, today: form.is_known_false,
    _D.BEYOND_SCOPE: _goes_beyond,
    _D.NO_CATEGORY_WORDS: _lacks_words,
}
