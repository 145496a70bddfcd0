"""The vault's upkeep: every document read again and compared, left-over bytes removed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Any

import structlog
from django.utils import timezone

from accounts.models import User
from audit.enums import Action, Basis, Outcome
from audit.services import events
from records.documents import keepers
from records.documents.errors import VaultForeign
from records.documents.keepers import Keeper
from records.documents.services import unfiled
from records.documents.vault import checks
from records.documents.vault.checks import Fixity
from records.documents.vault.storages import StoredObject

log = structlog.get_logger(__name__)

# A write takes seconds between its bytes and its row; a day leaves room for any clock.
ORPHAN_AGE = timedelta(days=1)
# More than this share of all objects without a row is no crash's trace: database and vault do
# not belong together, as after a restore of the one without the other.
MOST_ORPHANS = 0.05
ALWAYS_FEW = 100
MOST_FINDINGS = 1000


@dataclass(frozen=True)
class Found:
    """A row whose bytes are not what they were when it was written."""

    subject_type: str
    subject_id: int
    what: Fixity


@dataclass
class VaultReport:
    """What reading the vault showed."""

    checked: int = 0
    orphans: int = 0
    findings: list[Found] = field(default_factory=list)

    @property
    def damaged(self) -> int:
        """How many are there but altered, or do not open."""
        return len(self.findings) - self.missing

    @property
    def missing(self) -> int:
        """How many have a row but no bytes."""
        return sum(found.what == Fixity.MISSING for found in self.findings)

    @property
    def is_sound(self) -> bool:
        """Whether nothing calls for a person's attention."""
        return not self.findings and not self.orphans


def verify(*, sample: int | None = None) -> VaultReport:
    """Read the vault's documents whole, hash them again, and look for bytes without a row.

    With `sample` only so many documents are read, chosen at random.

    Raises:
        VaultUnavailable: the store cannot be reached, which says nothing of the documents.
    """
    report = VaultReport()
    for keeper, row in _rows(sample):
        fixity = _check(keeper, row)
        report.checked += 1
        if fixity is not Fixity.INTACT:
            report.findings.append(Found(keeper.subject_type, row.pk, fixity))
    report.orphans = len(_list_orphans())
    _record(report, sample)
    return report


def sweep(*, actor: User) -> int:
    """Remove what crashes left in the vault; return how many files.

    First the bytes of filed files whose keys are erased, then bytes that no row ever followed.

    Raises:
        VaultForeign: too much has no row; nothing of it is removed.
        VaultUnavailable: the store cannot be reached.
    """
    unfiled.remove_erased(actor)
    orphans = _list_orphans()
    if len(orphans) > ALWAYS_FEW:
        _check_own(len(orphans))
    for item in orphans:
        checks.remove(item)
    if orphans:
        log.info("orphans_swept", objects=len(orphans))
    return len(orphans)


def _list_orphans() -> list[StoredObject]:
    return list(checks.leftovers(keepers.which_known, timezone.now() - ORPHAN_AGE))


def _check_own(orphans: int) -> None:
    total = sum(1 for _ in checks.list_objects())
    if orphans > total * MOST_ORPHANS:
        log.error("vault_foreign", orphans=orphans, objects=total)
        raise VaultForeign(f"{orphans} of {total} objects have no row")


def _rows(sample: int | None) -> Iterator[tuple[Keeper, Any]]:
    found = chain.from_iterable(
        ((keeper, row) for row in keepers.list_rows(keeper, sample=sample))
        for keeper in keepers.registered()
    )
    if sample is None:
        return found
    rows = list(found)
    return iter(random.sample(rows, min(sample, len(rows))))


def _check(keeper: Keeper, row: Any) -> Fixity:
    fixity = checks.check_fixity(keeper.place_of(row), row.sha256, row.byte_size)
    if fixity is Fixity.INTACT:
        return fixity
    # Filed, or erased by a destruction, while it was read: then there is nothing to find.
    is_kept = keeper.model._default_manager.filter(pk=row.pk, wrapped_key__isnull=False).exists()
    return fixity if is_kept else Fixity.INTACT


def _record(report: VaultReport, sample: int | None) -> None:
    events.record(
        action=Action.VAULT_VERIFIED,
        basis=Basis.SYSTEM,
        outcome=Outcome.SUCCESS if report.is_sound else Outcome.FAILED,
        detail={
            "checked": report.checked,
            "sample": sample,
            "damaged": report.damaged,
            "missing": report.missing,
            "orphans": report.orphans,
            "found": [
                f"{found.subject_type}:{found.subject_id}:{found.what}"
                for found in report.findings[:MOST_FINDINGS]
            ],
        },
    )
