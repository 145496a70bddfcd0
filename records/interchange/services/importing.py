"""Imports files: reads each, takes it patient by patient, and keeps account of all of it.

A part that belongs to a patient or an encounter not known yet waits until every other file has
been taken; what is still not known then is rejected. One bad file, or one bad patient, never
stops the others.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog
from django.db import Error as AnyDatabaseError
from django.db import IntegrityError, connection

from audit.errors import Refused, StaleState
from records.documents.errors import DocumentError
from records.interchange import reading
from records.interchange.enums import Reason
from records.interchange.services import directory, groups, loose, runs
from records.interchange.services.orders import Order, PartRejected, Rejected, Summary, Taken
from records.interchange.services.sources import SourceFile
from records.interchange.values import AttachmentValue, PatientBundleValue, ReadResult

log = structlog.get_logger(__name__)

ATTEMPTS = 3
NOT_NOW = "Something unexpected went wrong with this part; nothing of it was written. Try again."


@dataclass
class Account:
    """What has become of one file so far."""

    file: SourceFile
    kind: str = ""
    taken: Taken = field(default_factory=Taken)
    waiting: set[int] = field(default_factory=set)  # places of parts that wait

    def reject(self, error: PartRejected | Refused | DocumentError) -> None:
        """Put what a part was refused for among the rejected."""
        reason = getattr(error, "reason", "") or getattr(error, "code", "") or Reason.UNEXPECTED
        path = getattr(error, "path", "")
        message = getattr(error, "message", "") or str(error)
        self.taken.rejected.append(Rejected(self.file.name, message, str(reason), path))


def take_single(order: Order, file: SourceFile, *, may_wait: bool) -> tuple[Summary, bool]:
    """Import one file of a run that goes on; return what it brought, and whether it waits.

    What waits is taken by a second call, in which it may not wait any more.
    """
    account, summary = Account(file), Summary()
    take_file(order, account, may_wait=may_wait, is_first=True)
    if not account.waiting:
        close(order, account, summary)
    else:
        summary.taken.add(account.taken)
    return summary, bool(account.waiting)


def run(order: Order, files: Sequence[SourceFile]) -> Summary:
    """Import files and return what became of them; the run's row is closed with the figures."""
    summary = Summary()
    waiting: list[Account] = []
    for file in files:
        account = Account(file)
        take_file(order, account, may_wait=True, is_first=True)
        if account.waiting:
            waiting.append(account)
        else:
            close(order, account, summary)
    for account in waiting:
        take_file(order, account, may_wait=False, is_first=False)
        close(order, account, summary)
    runs.finish(actor=order.actor, run=order.run, summary=summary)
    return summary


def take_file(order: Order, account: Account, *, may_wait: bool, is_first: bool) -> None:
    """Take what of a file can be taken: all of it at first, then the parts that waited."""
    try:
        result = reading.read(account.file.load(), account.file.name)
    except PartRejected as error:
        account.reject(error)
        return
    if is_first:
        take_whole(order, account, result)
    parts = list(enumerate(result.patients))
    due = parts if is_first else [part for part in parts if part[0] in account.waiting]
    account.waiting = set()
    for place, group in due:
        if may_wait and not groups.is_complete(order, group):
            account.waiting.add(place)
        else:
            take_group(order, account, group)


def take_whole(order: Order, account: Account, result: ReadResult) -> None:
    """Take what of a file belongs to no patient, and account for what could not be read."""
    account.kind = result.kind.value
    account.taken.rejected += [
        Rejected(account.file.name, item.message, str(item.reason), item.path)
        for item in result.rejected
    ]
    account.taken.left += Counter(str(item.reason) for item in result.remainder)
    attempt(account, lambda: directory.take(order, result))
    for value in result.unassigned:
        take_loose(order, account, value)


def take_loose(order: Order, account: Account, value: AttachmentValue) -> None:
    attempt(account, lambda: loose.take(order, value))


def take_group(order: Order, account: Account, group: PatientBundleValue) -> None:
    account.taken.left += Counter(str(item.reason) for item in group.remainder)
    attempt(account, lambda: groups.take(order, group))


def attempt(account: Account, take: Callable[[], Taken]) -> None:
    """Take one part; whatever goes wrong with it is accounted for and stops nothing else."""
    try:
        found = with_retries(take)
    except (PartRejected, Refused, DocumentError) as error:
        account.reject(error)
    except Exception as error:
        # The words of an error may quote what was imported, so only its kind is logged.
        log.error("import_part_failed", error=type(error).__name__, at=place_of(error))
        account.reject(PartRejected(NOT_NOW, Reason.UNEXPECTED))
        if isinstance(error, AnyDatabaseError):
            connection.close_if_unusable_or_obsolete()
    else:
        found.rejected = [replace(item, file=account.file.name) for item in found.rejected]
        account.taken.add(found)


def place_of(error: Exception) -> str:
    """Return the line of code at which an error arose."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"


def with_retries(take: Callable[[], Taken]) -> Taken:
    """Take a part, anew where another import or a person was faster with the same rows."""
    for left in reversed(range(ATTEMPTS)):
        try:
            return take()
        except (IntegrityError, StaleState):
            if not left:
                raise
    raise AssertionError("unreachable")


def close(order: Order, account: Account, summary: Summary) -> None:
    """Count a file by what became of it, and list what of it was rejected."""
    taken = account.taken
    summary.read += 1
    summary.by_kind[account.kind or "UNKNOWN"] += 1
    summary.rejected += taken.rejected
    if taken.written:
        summary.imported += 1
    elif taken.unchanged:
        summary.unchanged += 1
    elif not taken.rejected:
        summary.without += 1
    summary.taken.add(taken)
    for item in taken.rejected:
        runs.reject(actor=order.actor, order=order, rejected=item)
