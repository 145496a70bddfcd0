"""The clocks themselves: dated rows of law and of house policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from requests_release.enums import DueAct, DueForce, DueUnit, RequesterKind, RequestKind


@dataclass(frozen=True)
class DueRule:
    """One clock while it is in force; an empty state or class means every one."""

    code: str
    kind: RequestKind
    requesters: frozenset[RequesterKind]
    count: int
    unit: DueUnit
    force: DueForce
    label: str
    cite: str
    state: str = ""
    record_class: str = ""
    act: DueAct = DueAct.ACT
    extension_days: int = 0
    is_for_urgent: bool = False
    verified_on: date = date(2026, 11, 22)
    effective_from: date = date(1900, 1, 1)
    effective_to: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Tell whether the row counts for a request received on the day."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


_K = RequesterKind
_OWN_ACCESS = frozenset({_K.PATIENT, _K.PERSONAL_REPRESENTATIVE, _K.DIRECTED_PARTY})
_PATIENT_SIDE = frozenset({_K.PATIENT, _K.PERSONAL_REPRESENTATIVE})
_SINCE_2013 = date(2013, 9, 23)
_SINCE_2003 = date(2003, 4, 14)
_UNREAD = " (statute not re-read)"


def _federal(
    code: str,
    kind: RequestKind,
    who: frozenset[RequesterKind],
    count: int,
    label: str,
    cite: str,
    since: date,
) -> DueRule:
    return DueRule(
        code,
        kind,
        who,
        count,
        DueUnit.CALENDAR_DAYS,
        DueForce.LEGAL,
        label,
        cite,
        extension_days=30,
        effective_from=since,
    )


def _state(
    state: str, count: int, unit: DueUnit, cite: str, act: DueAct, record_class: str = ""
) -> DueRule:
    days = "working-day" if unit == DueUnit.WORKING_DAYS else "day"
    code = "-".join(part for part in (state, "ACCESS", act, record_class) if part)
    return DueRule(
        code,
        RequestKind.ACCESS,
        _OWN_ACCESS,
        count,
        unit,
        DueForce.LEGAL,
        f"{count}-{days} access rule, {state}",
        cite,
        state=state,
        record_class=record_class,
        act=act,
    )


def _target(
    requester: RequesterKind, count: int, label: str, *, is_for_urgent: bool = False
) -> DueRule:
    suffix = "-URGENT" if is_for_urgent else ""
    return DueRule(
        f"TARGET-{requester}{suffix}",
        RequestKind.DISCLOSURE,
        frozenset({requester}),
        count,
        DueUnit.CALENDAR_DAYS,
        DueForce.TARGET,
        label,
        "house policy",
        is_for_urgent=is_for_urgent,
    )


def _stated(requester: RequesterKind, label: str, cite: str) -> DueRule:
    return DueRule(
        f"STATED-{requester}",
        RequestKind.DISCLOSURE,
        frozenset({requester}),
        0,
        DueUnit.STATED,
        DueForce.LEGAL,
        label,
        cite,
    )


_WORKING, _CALENDAR = DueUnit.WORKING_DAYS, DueUnit.CALENDAR_DAYS

DUE_RULES: tuple[DueRule, ...] = (
    _federal(
        "FED-ACCESS",
        RequestKind.ACCESS,
        _OWN_ACCESS,
        30,
        "30-day access rule",
        "45 CFR 164.524(b)(2)",
        _SINCE_2013,
    ),
    _federal(
        "FED-AMENDMENT",
        RequestKind.AMENDMENT,
        _PATIENT_SIDE,
        60,
        "60-day amendment rule",
        "45 CFR 164.526(b)(2)",
        _SINCE_2003,
    ),
    _federal(
        "FED-ACCOUNTING",
        RequestKind.ACCOUNTING,
        _PATIENT_SIDE,
        60,
        "60-day accounting rule",
        "45 CFR 164.528(c)(1)",
        _SINCE_2003,
    ),
    _state("WA", 15, _WORKING, "RCW 70.02.080", DueAct.ACT),
    _state("CA", 5, _WORKING, "Cal. Health & Saf. Code 123110(a)", DueAct.INSPECT),
    _state("CA", 15, _CALENDAR, "Cal. Health & Saf. Code 123110(b)", DueAct.COPY),
    _state("TX", 15, _WORKING, "Tex. Occ. Code 159.006; 22 TAC ch. 163", DueAct.ACT, "PHYSICIAN"),
    _state(
        "TX", 15, _WORKING, "Tex. Health & Safety Code 241.154" + _UNREAD, DueAct.ACT, "HOSPITAL"
    ),
    _state("NY", 10, _CALENDAR, "N.Y. Pub. Health Law 18(2)", DueAct.INSPECT),
    _state("TN", 10, _WORKING, "Tenn. Code 63-2-101, 68-11-304" + _UNREAD, DueAct.ACT),
    _state("MD", 21, _WORKING, "Md. Health-Gen. 4-304" + _UNREAD, DueAct.ACT),
    _state("LA", 15, _CALENDAR, "La. RS 40:1165.1" + _UNREAD, DueAct.ACT),
    DueRule(
        "TARGET-ACCESS",
        RequestKind.ACCESS,
        _OWN_ACCESS,
        10,
        DueUnit.WORKING_DAYS,
        DueForce.TARGET,
        "10-working-day target",
        "house policy",
    ),
    _target(_K.ATTORNEY, 15, "15-day target"),
    _target(_K.INSURER_PAYMENT, 10, "10-day target"),
    _target(_K.INSURER_UNDERWRITING, 15, "15-day target"),
    _target(_K.TREATING_PROVIDER, 3, "3-day target"),
    _target(_K.TREATING_PROVIDER, 0, "emergency: at once", is_for_urgent=True),
    _target(_K.LAW_ENFORCEMENT, 0, "urgent: at once", is_for_urgent=True),
    _target(_K.SSA_DDS, 14, "14-day target"),
    _target(_K.CORONER, 0, "at once"),
    _target(_K.FUNERAL_OR_PROCUREMENT, 0, "at once"),
    _target(_K.EMPLOYER, 15, "15-day target"),
    _target(_K.SCHOOL, 15, "15-day target"),
    # Where their paper names no day; an order, a subpoena, a notice and a letter always name one.
    _target(_K.LAW_ENFORCEMENT, 15, "15-day target"),
    _target(_K.PUBLIC_HEALTH, 15, "15-day target"),
    _target(_K.WORKERS_COMP, 15, "15-day target"),
    _target(_K.RESEARCHER, 15, "15-day target"),
    _stated(_K.COURT, "date in the order", "45 CFR 164.512(e)(1)(i)"),
    _stated(_K.SUBPOENA, "return date of the subpoena", "45 CFR 164.512(e)(1)(ii)"),
    _stated(_K.LAW_ENFORCEMENT, "date in the process", "45 CFR 164.512(f)"),
    _stated(_K.PUBLIC_HEALTH, "date set by the statute", "45 CFR 164.512(b)"),
    _stated(_K.OVERSIGHT, "date in the notice", "45 CFR 164.512(d)"),
    _stated(_K.WORKERS_COMP, "date set by the state's law", "45 CFR 164.512(l)"),
    _stated(_K.RESEARCHER, "date in the protocol", "45 CFR 164.512(i)"),
    _stated(_K.HHS, "date in the letter", "45 CFR 164.502(a)(2)(ii)"),
)
