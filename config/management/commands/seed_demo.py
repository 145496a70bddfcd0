"""Loads synthetic data: through the services, or by the million for benchmarks."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from audit.management.base import BadInput, JsonCommand
from config.demo import bulk, seeding
from records.patients.models import Patient


class Command(JsonCommand):
    """`seed_demo --patients N --seed S [--bulk]`: a demo hospital, repeatable by its seed."""

    help = "Load synthetic data into an empty demo database."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Take how many patients, the seed, and whether to load in bulk."""
        parser.add_argument("--patients", type=int, default=200)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--bulk", action="store_true", help="by COPY as the owner, triggers off: benchmarks"
        )

    def run(self, **options: Any) -> dict[str, Any]:
        """Load and return the counts.

        Raises:
            BadInput: not a demo, not empty, or no sensible number.
        """
        if settings.PROFILE == "production":
            raise BadInput("seed_demo is refused in production")
        if not 0 < options["patients"] <= 5_000_000:
            raise BadInput("--patients must be between 1 and 5000000")
        if Patient.objects.exists():
            raise BadInput("the database holds patients already; seed_demo wants an empty one")
        load = bulk.load if options["bulk"] else seeding.load
        return load(options["patients"], options["seed"], self.stderr.write)
