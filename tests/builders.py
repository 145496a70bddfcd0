"""Worlds with a history, brought about by the services."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client

from accounts.models import User
from accounts.roles import Role
from records.access.enums import SensitivityClass
from records.access.models import CustodyUnit
from tests.factories.people import PASSWORD, make_user
from tests.factories.units import make_facility, make_unit


@dataclass(frozen=True)
class House:
    """A hospital: a listed unit where most people work, one apart, one that is not listed."""

    main: CustodyUnit
    behavioural: CustodyUnit
    programme: CustodyUnit
    clerk: User
    supervisor: User
    compliance: User
    provider: User
    administrator: User
    stranger: User

    @property
    def people(self) -> dict[str, User]:
        """One person for each role."""
        return {
            Role.CLERK: self.clerk,
            Role.SUPERVISOR: self.supervisor,
            Role.COMPLIANCE: self.compliance,
            Role.PROVIDER: self.provider,
            Role.ADMINISTRATOR: self.administrator,
        }


def build_house() -> House:
    """A hospital with one person a role; clerk, supervisor and compliance work in `main`."""
    facility = make_facility()
    main = make_unit(facility=facility, name="Main file room")
    return House(
        main=main,
        behavioural=make_unit(
            facility=facility,
            name="Behavioural health",
            sensitivity_classes=[SensitivityClass.MH, SensitivityClass.PSYCHNOTE],
        ),
        programme=make_unit(
            facility=facility,
            name="Substance-use programme",
            is_listed=False,
            sensitivity_classes=[SensitivityClass.SUD_P2],
        ),
        clerk=make_user(Role.CLERK, unit=main, display_name="Rosa Delgado"),
        supervisor=make_user(Role.SUPERVISOR, unit=main, display_name="Sam Ito"),
        compliance=make_user(Role.COMPLIANCE, unit=main, display_name="Cora Hale"),
        provider=make_user(Role.PROVIDER, display_name="Dr. Priya Nair"),
        administrator=make_user(Role.ADMINISTRATOR, display_name="Adam Reyes"),
        stranger=make_user(Role.CLERK, display_name="Stella Moran"),
    )


def sign_in(user: User, password: str = PASSWORD, **headers: str) -> Client:
    """A browser in which the person signed in by name and password."""
    client = Client(headers=headers or None)
    answer = client.post("/sign-in/login/", {"login": user.username, "password": password})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return client


def prove_again(client: Client, password: str = PASSWORD) -> Client:
    """The same browser after the person typed the password again for a sensitive step."""
    answer = client.post("/sign-in/reauthenticate/", {"password": password})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return client


def sign_in_freshly(user: User) -> Client:
    """A browser in which the person may take sensitive steps for the next minutes."""
    return prove_again(sign_in(user))
