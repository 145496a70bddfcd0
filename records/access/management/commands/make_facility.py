from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from accounts.selectors.users import get_system_user
from audit import context
from audit.management.base import BadInput, JsonCommand
from records.access.errors import FacilityTaken
from records.access.rules import facilities
from records.access.services import units


class Command(JsonCommand):
    help = (
        "Make a facility, a hospital or clinic with record numbers of its own; its units are made "
        "in the browser."
    )

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Take what the facility is and where it lies."""
        parser.add_argument("code", help="short and never changed: stands before its numbers")
        parser.add_argument("--name", required=True)
        parser.add_argument("--state", required=True, help="US state whose law governs, as PA")
        parser.add_argument("--time-zone", default=settings.TIME_ZONE)

    def run(self, **options: Any) -> dict[str, Any]:
        """Make the facility as the system.

        Raises:
            BadInput: the code is taken, or state or time zone is none.
        """
        facts = {name: options[name] for name in ("code", "name", "state", "time_zone")}
        problem = facilities.problem_of(**facts)
        if problem:
            raise BadInput(problem)
        with context.acting(context.system_origin()):
            try:
                facility = units.create_facility(actor=get_system_user(), **facts)
            except FacilityTaken as refused:
                raise BadInput(refused.message) from refused
        return {"facility": facility.pk, "code": facility.code, "name": facility.name}
