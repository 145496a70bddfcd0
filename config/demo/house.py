"""The demo hospital: its facility, units, staff and their rights."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Role
from accounts.selectors.users import get_system_user
from accounts.services import users
from audit.writes import attributing
from config.demo import words
from config.runtime.demo import PASSWORD, SIGN_INS, SignIn
from records.access.enums import SensitivityClass, UnitRight
from records.access.models import CustodyUnit, Facility
from records.access.services import rights, units
from records.encounters.models import Provider
from records.encounters.services import providers

REASON = "Demo set-up"
CLOSED_UNITS = ("BH", "SUD")
CLOSED_CLERK = SignIn(Role.CLERK, "clerk-bh", "Bailey Clerk")
CLOSED_SUPERVISOR = SignIn(Role.SUPERVISOR, "supervisor-bh", "Blair Supervisor")
ORDINARY_CLASSES = [
    SensitivityClass.HIV,
    SensitivityClass.STI,
    SensitivityClass.MH,
    SensitivityClass.GENETIC,
    SensitivityClass.MINOR_CONSENTED,
    SensitivityClass.REPRO,
    SensitivityClass.ABUSE_REPORT,
    SensitivityClass.FORENSIC_SA,
    SensitivityClass.THIRD_PARTY_CONF,
    SensitivityClass.RESTRICTED_522,
]


@dataclass(frozen=True)
class UnitPlan:
    """A unit of the demo: who may open its charts, and which share of the people it keeps."""

    code: str
    name: str
    share: float
    is_listed: bool = True
    classes: tuple[str, ...] = ()
    roles: tuple[Role, ...] = (Role.CLERK, Role.SUPERVISOR, Role.COMPLIANCE)


UNITS = (
    UnitPlan("MAIN", "Main file room", 0.55, classes=tuple(ORDINARY_CLASSES)),
    UnitPlan("CLINIC", "Outpatient clinic", 0.20),
    UnitPlan("PEDS", "Paediatrics", 0.13),
    UnitPlan(
        "BH",
        "Behavioural health",
        0.08,
        classes=(SensitivityClass.PSYCHNOTE, SensitivityClass.MH),
        roles=(Role.COMPLIANCE,),
    ),
    UnitPlan(
        "SUD",
        "Substance-use programme",
        0.04,
        is_listed=False,
        classes=(SensitivityClass.SUD_P2, SensitivityClass.SUD_COUNSELING),
        roles=(Role.COMPLIANCE,),
    ),
)


@dataclass(frozen=True)
class House:
    """The demo hospital as the loaders use it."""

    facility: Facility
    units: list[CustodyUnit]
    clerks: dict[str, User]
    providers: list[Provider]

    def unit_at(self, place: float) -> CustodyUnit:
        """Return the unit near which a household at `place` (0 to 1) lives."""
        edge = 0.0
        for plan, unit in zip(UNITS, self.units, strict=True):
            edge += plan.share
            if place < edge:
                return unit
        return self.units[0]

    def clerk_of(self, unit: CustodyUnit) -> User:
        """Return the clerk who works with the unit's charts."""
        return self.clerks.get(unit.code, self.clerks["MAIN"])


def build() -> House:
    """Make the demo hospital, one person a role, and the rights of the roles on the units."""
    system = get_system_user()
    with attributing(system):
        facility = units.create_facility(
            actor=system,
            code="GH",
            name="Chartroom Demo Hospital",
            state="PA",
            time_zone="America/New_York",
        )
        kept = [_unit(system, facility, plan) for plan in UNITS]
        staff = {sign_in.role: _person(system, sign_in) for sign_in in SIGN_INS}
        known = [providers.ensure(actor=system, name=n, npi=npi) for n, npi in words.PROVIDERS]
        providers.link_user(actor=system, provider=known[0], user=staff[Role.PROVIDER])
        closed = _person(system, CLOSED_CLERK)
        for user in (closed, _person(system, CLOSED_SUPERVISOR)):
            _let_into_closed(system, kept, user)
    clerks = {"MAIN": _fresh(staff[Role.CLERK])} | dict.fromkeys(CLOSED_UNITS, _fresh(closed))
    return House(facility, kept, clerks, known)


def _let_into_closed(system: User, kept: list[CustodyUnit], user: User) -> None:
    """Give a person every right on the closed units."""
    for unit in (unit for unit in kept if unit.code in CLOSED_UNITS):
        for right in UnitRight:
            rights.grant_unit(actor=system, unit=unit, right=right, reason=REASON, user=user)


def _fresh(user: User) -> User:
    """Return the person as loaded anew, with the rights given since."""
    return User.objects.get(pk=user.pk)


def _unit(system: User, facility: Facility, plan: UnitPlan) -> CustodyUnit:
    unit = units.create(
        actor=system,
        facility=facility,
        code=plan.code,
        name=plan.name,
        is_listed=plan.is_listed,
        sensitivity_classes=list(plan.classes),
    )
    for role in plan.roles:
        rights.grant_unit(
            actor=system, unit=unit, right=UnitRight.VIEW_CHART, reason=REASON, role=role
        )
    if plan.classes and Role.SUPERVISOR in plan.roles:
        rights.grant_unit(
            actor=system,
            unit=unit,
            right=UnitRight.VIEW_PROTECTED,
            reason=REASON,
            role=Role.SUPERVISOR,
        )
    return unit


def _person(system: User, sign_in: SignIn) -> User:
    user = users.create(
        actor=system,
        username=sign_in.username,
        email=f"{sign_in.username}@chartroom.example",
        display_name=sign_in.display_name,
        password=PASSWORD,
        roles=[sign_in.role],
    )
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    return user
