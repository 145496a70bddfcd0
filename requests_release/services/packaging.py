"""The worker's part: binds the pages of an approved request, one safe step at a time.

Every step finds out from the rows what is there already, so it may run twice, and a worker may
die before, in or after any of them: PAGES plans, COVER sets letter, index and notices, ASSEMBLE
binds and keeps the file, STORE reads it back and writes the manifest, READY hands it over.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit.context import acting_as
from audit.enums import Action, Outcome
from audit.services import events
from audit.writes import attributing
from jobs.errors import JobFailed
from jobs.models import Job
from jobs.services import jobs
from records.documents.errors import FileRefused, VaultDamaged, VaultKeyRefused, VaultMissing
from records.documents.pdf.pieces import Piece, Stamp
from records.documents.sandbox import operations
from records.documents.vault import files
from requests_release.access import about
from requests_release.enums import PackageState, PartKind, RequestStatus
from requests_release.models import Package, PackagePart
from requests_release.selectors import sources
from requests_release.services import front_matter as front
from requests_release.services import moving, packages

S = RequestStatus
HOPELESS = (FileRefused, VaultDamaged, VaultKeyRefused, VaultMissing)


def work(job: Job) -> bool:
    """Do the next step of a package; return whether more is to do.

    Rights of preparer and approver, and that every document is still as it was approved, are
    looked at anew before each step.

    Raises:
        JobFailed: the approval no longer stands, or a file cannot be read.
    """
    system = get_system_user()
    with acting_as(system, on_behalf_of=job.requested_by):
        package = Package.objects.select_related("request").get(pk=job.subject_id)
        codes = packages.void_if_changed(request_id=package.request_id)
        if codes:
            raise JobFailed(codes[0])
        package.refresh_from_db()
        if package.state != PackageState.BUILDING:
            return False
        name, step = _next_step(package)
        job.step = name
        try:
            step(job, package, system)
        except HOPELESS as error:
            raise JobFailed(error.code) from error
    return name != "READY"


def give_up(job: Job) -> None:
    """Note that the worker has given up: the request is approved still, and can be built again."""
    system = get_system_user()
    with acting_as(system, on_behalf_of=job.requested_by), attributing(system):
        package = Package.objects.get(pk=job.subject_id)
        request = moving.lock(request_id=package.request_id)
        package.refresh_from_db()
        if package.state != PackageState.BUILDING:
            return
        package.state, package.error_code = PackageState.FAILED, job.error_code
        package.save(update_fields=["state", "error_code"])
        packages.erase_keys(package)
        if request.status == S.PACKAGING:
            moving.move_by_system(
                actor=system, request=request, target=S.APPROVED, reason=job.error_code
            )
        else:
            moving.save(request)
        events.record(
            action=Action.JOB_FAILED,
            outcome=Outcome.FAILED,
            detail={"package": package.pk, "code": job.error_code},
            **about(request),
        )


Step = Callable[[Job, Package, User], None]


def _next_step(package: Package) -> tuple[str, Step]:
    kept = set(package.parts.values_list("kind", flat=True))
    if not package.plan:
        return "PAGES", plan_pages
    if PartKind.FRONT not in kept:
        return "COVER", make_front
    if PartKind.WHOLE not in kept:
        return "ASSEMBLE", assemble
    if package.manifest is None:
        return "STORE", store
    return "READY", finish


def plan_pages(job: Job, package: Package, system: User) -> None:
    """Read every source once, compare it with its hash, and note the pages to bind."""
    plan: list[dict[str, Any]] = []
    items = sources.list_items(package.request)
    for count, item in enumerate(items, start=1):
        data = sources.read(item)
        if hashlib.sha256(data).hexdigest() != item.sha256:
            raise JobFailed("SOURCE_ALTERED")
        plan.append(sources.plan_of(item))
        jobs.report(job, step="PAGES", done=count, total=len(items))
    with attributing(system):
        request = moving.lock(request_id=package.request_id)
        if request.status == S.APPROVED:
            moving.move_by_system(actor=system, request=request, target=S.PACKAGING)
        package.plan = plan
        package.save(update_fields=["plan"])


def make_front(job: Job, package: Package, system: User) -> None:
    """Set the letter, the index and the notices, and keep them as one part."""
    content, count = front.make(package=package)
    _keep(package, PartKind.FRONT, content, count, system)


def assemble(job: Job, package: Package, system: User) -> None:
    """Bind front and pages in the sandbox, stamped and numbered through, and keep the file."""
    part = package.parts.get(kind=PartKind.FRONT)
    bound = [operations.source(files.read(packages.place_of(part)))]
    pieces = [Piece(0, page) for page in range(1, part.page_count + 1)]
    items = {item.document_id: item for item in sources.list_items(package.request)}
    for place, planned in enumerate(package.plan, start=1):
        bound.append(operations.source(sources.read(items[planned["document"]])))
        pieces += [Piece(place, page) for page in planned["pages"]]
        jobs.report(job, step="ASSEMBLE", done=place, total=len(package.plan))
    stamp = Stamp(
        reference=f"Request {package.request.number}", notice=front.foot_notice(package=package)
    )
    content, _ = operations.assemble(
        bound, pieces, stamp=stamp, title=f"Request {package.request.number}"
    )
    _keep(package, PartKind.WHOLE, content, len(pieces), system)


def store(job: Job, package: Package, system: User) -> None:
    """Read the kept file back, and write its manifest: every page, its source, its hash."""
    whole = package.parts.get(kind=PartKind.WHOLE)
    if hashlib.sha256(packages.read(package)).hexdigest() != whole.sha256:
        raise JobFailed("PACKAGE_ALTERED")
    manifest = make_manifest(package, whole)
    package.manifest = manifest
    package.manifest_sha256 = hash_of(manifest)
    package.sha256, package.page_count = whole.sha256, whole.page_count
    with attributing(system):
        package.save(update_fields=["manifest", "manifest_sha256", "sha256", "page_count"])


def finish(job: Job, package: Package, system: User) -> None:
    """Hand the package over for delivery, in one transaction with the request's step."""
    with attributing(system):
        request = moving.lock(request_id=package.request_id)
        package = Package.objects.select_for_update().get(pk=package.pk)
        if package.state != PackageState.BUILDING:
            return
        package.state, package.ready_at = PackageState.READY, timezone.now()
        package.save(update_fields=["state", "ready_at"])
        moving.move_by_system(actor=system, request=request, target=S.READY)
        _erase_front(package)


def make_manifest(package: Package, whole: PackagePart) -> dict[str, Any]:
    """Return where every page of the finished file came from."""
    part = package.parts.get(kind=PartKind.FRONT)
    pages: list[dict[str, Any]] = [
        {"page": number, "source": "front", "source_page": number, "sha256": part.sha256}
        for number in range(1, part.page_count + 1)
    ]
    for planned in package.plan:
        for page in planned["pages"]:
            pages.append(
                {
                    "page": len(pages) + 1,
                    "source": "document",
                    "document": planned["document"],
                    "version": planned["version"],
                    "source_page": page,
                    "sha256": planned["sha256"],
                }
            )
    return {
        "request": package.request.number,
        "package": package.number,
        "sha256": whole.sha256,
        "page_count": whole.page_count,
        "pages": pages,
    }


def hash_of(manifest: dict[str, Any]) -> str:
    """Return the hash of a manifest in its canonical form."""
    text = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _keep(package: Package, kind: PartKind, content: bytes, pages: int, system: User) -> None:
    """Keep bytes in the vault, then write their row.

    A worker that dies in between leaves a file without a row, which the vault's sweeper removes;
    another worker that was quicker leaves its row, and this file is removed at once.
    """
    identity = packages.identity_of(PackagePart(package=package, kind=kind))
    kept = files.keep(content, identity=identity)
    with attributing(system):
        moving.lock(request_id=package.request_id)
        _, is_new = PackagePart.objects.get_or_create(
            package=package,
            kind=kind,
            defaults={
                "byte_size": kept.size,
                "page_count": pages,
                "sha256": kept.sha256,
                "storage_name": kept.name,
                "wrapped_key": kept.wrapped_key,
                "key_id": kept.key_id,
            },
        )
        if kind == PartKind.FRONT and is_new:
            package.front_pages = pages
            package.save(update_fields=["front_pages"])
    if not is_new:
        files.erase(kept.name)


def _erase_front(package: Package) -> None:
    part = package.parts.get(kind=PartKind.FRONT)
    if part.key_erased_at is None:
        part.wrapped_key, part.key_erased_at = None, timezone.now()
        part.save(update_fields=["wrapped_key", "key_erased_at"])
