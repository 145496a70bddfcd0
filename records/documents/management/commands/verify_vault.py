from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from audit import context
from audit.management.base import BadInput, JsonCommand
from records.documents.errors import VaultError
from records.documents.services import upkeep


class Command(JsonCommand):
    help = "Read stored documents whole and compare them with their hashes; find what has no row."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add how many documents to read, if not all."""
        parser.add_argument("--sample", type=int, metavar="N", help="read N documents at random")

    def run(self, **options: Any) -> dict[str, Any]:
        """Verify, as the system itself, and return what was found.

        Raises:
            BadInput: the sample is not positive, or the vault cannot be reached.
        """
        sample = options["sample"]
        if sample is not None and sample < 1:
            raise BadInput("--sample must be a number from 1 on")
        try:
            with context.acting(context.system_origin()):
                report = upkeep.verify(sample=sample)
        except VaultError as error:
            raise BadInput(f"The vault cannot be read: {error.message}") from error
        return {
            "checked": report.checked,
            "damaged": report.damaged,
            "missing": report.missing,
            "orphans": report.orphans,
            "findings": [
                {"subject": one.subject_type, "id": one.subject_id, "what": one.what.value}
                for one in report.findings[: upkeep.MOST_FINDINGS]
            ],
        }

    def tell(self, result: dict[str, Any]) -> None:
        """Print the figures, then a line a finding."""
        super().tell(result)
        for one in result["findings"]:
            self.stdout.write(f"{one['subject']} {one['id']}: {one['what']}")

    def has_finding(self, result: dict[str, Any]) -> bool:
        """Return whether anything is damaged, missing or left over."""
        return bool(result["damaged"] or result["missing"] or result["orphans"])
