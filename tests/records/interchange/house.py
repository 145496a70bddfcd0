"""A hospital into which tests import, and what they find in it afterwards."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import User
from audit.models import Event
from audit.writes import attributing
from records.access.enums import UnitRight
from records.access.models import CustodyUnit, Facility
from records.access.services import rights
from records.documents.models import Document, DocumentVersion, UnfiledFile
from records.documents.services import storing
from records.documents.vault import files
from records.encounters.models import Encounter, Provider
from records.interchange.models import ImportedItem, ImportRejection
from records.patients.models import Patient
from tests.factories.system import system

COUNTED = (Patient, Encounter, Document, DocumentVersion, UnfiledFile, Provider, ImportedItem)


class House:
    """Units, people, and `import_records` as a machine calls it."""

    def __init__(self, folder: Path, vault: Path) -> None:
        self.folder, self.vault = folder / "in", vault
        self.folder.mkdir()
        self.system = system()
        with attributing(self.system):
            self.facility = Facility.objects.create(
                code="GH", name="General Hospital", state="PA", time_zone="America/New_York"
            )
            self.unit = self._unit("MAIN", "Main file room")
            self.other = self._unit("BH", "Behavioural health")
        self.clerk = self.person("clerk", "CLERK", unit=self.unit)

    def _unit(self, code: str, name: str) -> CustodyUnit:
        return CustodyUnit.objects.create(facility=self.facility, code=code, name=name)

    def person(self, username: str, *roles: str, unit: CustodyUnit | None = None) -> User:
        user = User(username=username, email=f"{username}@example.org", display_name=username)
        user.set_unusable_password()
        with attributing(self.system):
            user.save()
            user.groups.set(Group.objects.filter(name__in=roles))
            if unit:
                rights.grant_unit(
                    actor=self.system,
                    unit=unit,
                    right=UnitRight.VIEW_CHART,
                    reason="Works there",
                    user=user,
                )
        return User.objects.get(pk=user.pk)

    def put(self, name: str, content: Any) -> Path:
        """Write a file to import: bytes as they are, anything else as JSON."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    def load(self, *paths: Any, status: int = 0, **options: Any) -> dict[str, Any]:
        """Run the command over the paths (or the folder) and return its figures."""
        return run_command(*(paths or (self.folder,)), status=status, **options)


def run_command(*paths: Any, status: int = 0, **options: Any) -> dict[str, Any]:
    out, err = io.StringIO(), io.StringIO()
    names = {"as_": "username"}
    given = {names.get(name, name): value for name, value in options.items()}
    ended = 0
    try:
        call_command("import_records", *map(str, paths), json=True, stdout=out, stderr=err, **given)
    except SystemExit as end:
        ended = int(end.code or 0)
    assert ended == status, (ended, out.getvalue()[-2000:], err.getvalue())
    if ended == 2:
        return {"error": err.getvalue().strip()}
    return json.loads(out.getvalue().splitlines()[-1])


def counts() -> dict[str, int]:
    """Return how many rows there are of each kind."""
    return {model.__name__: model.objects.count() for model in COUNTED}


def reasons(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["file"], item["reason"]) for item in result["rejected"]]


def actions() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("action", flat=True))


def listed_rejections() -> list[tuple[str, str]]:
    return list(ImportRejection.objects.order_by("pk").values_list("file_name", "reason"))


def content_of(document: Document, number: int | None = None) -> bytes:
    version = document.versions.get(number=number or document.version_number)
    return files.read(storing.place_of(version))
