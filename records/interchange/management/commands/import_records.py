"""Imports files that other systems sent."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit import context
from audit.management.base import BadInput, JsonCommand
from records.access import system_work
from records.access.models import CustodyUnit
from records.access.selectors import units
from records.interchange.permissions import NEEDED_TO_IMPORT
from records.interchange.services import importing, runs, sources
from records.interchange.services.orders import Order
from records.patients.rules import mrn
from records.patients.selectors import exact

MAIN = "MAIN"
FEED = re.compile(r"[A-Za-z0-9_.-]{1,40}")


class Command(JsonCommand):
    """`import_records PATH… [--patient MRN] [--unit CODE] [--as USERNAME] [--feed NAME]`."""

    help = (
        "Import FHIR R4 (JSON, NDJSON, gzip) and PDF, TIFF, JPEG and PNG files. "
        "Safe to repeat: what is known already is left alone."
    )

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Take files and folders, and where what they hold goes."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="files or folders")
        parser.add_argument(
            "--patient", metavar="MRN", help="file loose files in this patient's chart at once"
        )
        parser.add_argument(
            "--unit", metavar="CODE", help=f"unit that keeps new charts (default {MAIN}, or first)"
        )
        parser.add_argument(
            "--as", metavar="USERNAME", dest="username", help="who imports (default: the system)"
        )
        parser.add_argument(
            "--feed",
            metavar="NAME",
            default="FILES",
            help="sender of the files; keeps numbers of different senders apart (default FILES)",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Import and return the figures.

        Raises:
            BadInput: a path, patient, unit, person or feed is not known.
        """
        try:
            files = sources.of_paths(options["paths"])
        except FileNotFoundError as error:
            raise BadInput(f"there is no file or folder {error}") from error
        if not FEED.fullmatch(options["feed"]):
            raise BadInput("--feed takes letters, digits, dots, dashes; 40 at the most")
        unit = find_unit(options["unit"])
        actor = find_person(options["username"])
        patient_id = find_patient(options["patient"], unit) if options["patient"] else None
        with acting(actor, unit):
            order = Order(
                actor=actor,
                unit=unit,
                run=runs.begin(actor=actor, unit=unit, feed=options["feed"]),
                feed=options["feed"],
                own_system=settings.RECORD_NUMBER_SYSTEM,
                patient_id=patient_id,
            )
            return importing.run(order, files).as_json()

    def has_finding(self, result: dict[str, Any]) -> bool:
        """Return whether something was rejected."""
        return bool(result["rejected"])

    def tell(self, result: dict[str, Any]) -> None:
        """Print the figures, then what was rejected."""
        super().tell(result)
        for item in result["rejected"]:
            self.stdout.write(f"rejected {item['file']}: {item['message']}")


@contextmanager
def acting(actor: User, unit: CustodyUnit) -> Iterator[None]:
    """Let a named person act with their own rights, or the system with those of its own work."""
    with context.acting_as(actor):
        if actor == get_system_user():
            with system_work.on(actor, unit.pk):
                yield
        else:
            yield


def find_unit(code: str | None) -> CustodyUnit:
    """Return the unit of a code; without one the main file room, or the first unit.

    Raises:
        BadInput: there is none.
    """
    known = {unit.code: unit for unit in units.list_units().filter(is_active=True).order_by("pk")}
    if code:
        if code not in known:
            raise BadInput(f"there is no unit {code!r} in use")
        return known[code]
    if not known:
        raise BadInput("there is no unit yet that could keep charts; make one first")
    return known.get(MAIN) or next(iter(known.values()))


def find_person(username: str | None) -> User:
    """Return who imports.

    Raises:
        BadInput: nobody in use has that name, or their roles do not allow it.
    """
    if username is None:
        return get_system_user()
    found = User.objects.filter(username__iexact=username, is_active=True).first()
    if found is None:
        raise BadInput(f"there is nobody {username!r} who may sign in")
    missing = [name for name in NEEDED_TO_IMPORT if not found.has_perm(name)]
    if missing:
        raise BadInput(f"the roles of {username!r} do not allow imports: {', '.join(missing)}")
    return found


def find_patient(number: str, unit: CustodyUnit) -> int:
    """Return the patient of a record number.

    Raises:
        BadInput: nobody has it.
    """
    digits = mrn.normalise(number)
    candidates = [digits] if digits else []
    bare = re.sub(r"[-\s]", "", number)
    for text in dict.fromkeys([bare, *candidates]):
        found = exact.find_by_number(text, facility_id=unit.facility_id)
        if found is not None:
            return found
    raise BadInput(f"nobody has the record number {number!r}")
