"""Packages of approved requests: ordered, read, made void, erased."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.selectors.users import get_system_user
from audit.context import acting_as
from audit.enums import Action
from audit.services import events
from audit.writes import attributed, attributing
from jobs.services import jobs
from records.documents.enums import DocumentStatus
from records.documents.vault import files
from records.documents.vault.files import Place
from requests_release import access
from requests_release.access import about
from requests_release.enums import PackageState, PartKind, RequestStatus
from requests_release.errors import DocumentNotFit, PackageNotReady
from requests_release.models import Delivery, Package, PackagePart, Request, RequestItem
from requests_release.permissions import PREPARE_REQUEST
from requests_release.selectors import readiness, sources
from requests_release.services import moving

KIND = "PACKAGE"
S = RequestStatus
VOIDABLE = frozenset({S.APPROVED, S.PACKAGING, S.READY})


def order(*, actor: User, request: Request) -> Package:
    """Ask a worker to bind the pages of a locked, approved request."""
    number = Package.objects.filter(request=request).count() + 1
    package = Package.objects.create(request=request, number=number, created_by=actor)
    package.job = jobs.enqueue(kind=KIND, subject_id=package.pk, actor=actor)
    package.save(update_fields=["job"])
    return package


@attributed
def order_again(*, actor: User, request_id: int, version: int) -> Package:
    """Ask again after the worker has given up.

    Raises:
        RequestChanged: the form is stale.
        PackageNotReady: nothing has failed: it is not approved, or being built.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    access.check_permission(
        actor=actor,
        permission=PREPARE_REQUEST,
        request=request,
        action=Action.PACKAGE_ASSEMBLED,
    )
    access.check_scope(actor=actor, request=request)
    if request.status != S.APPROVED or _standing(request).exists():
        raise PackageNotReady(
            "There is nothing to build again.", action=Action.PACKAGE_ASSEMBLED, **about(request)
        )
    moving.save(request)
    package = order(actor=actor, request=request)
    events.record(
        action=Action.REQUEST_CHANGED,
        actor=actor,
        detail={"package": package.pk},
        **about(request),
    )
    return package


def void_all(*, request: Request) -> None:
    """Make every package of a locked request void and close its open links."""
    for package in _standing(request):
        package.state = PackageState.VOID
        package.save(update_fields=["state"])
        erase_keys(package)
    for delivery in Delivery.objects.filter(
        request=request, used_at__isnull=True, closed_at__isnull=True
    ):
        delivery.closed_at = timezone.now()
        delivery.save(update_fields=["closed_at"])
        events.record(
            action=Action.PACKAGE_RECALLED,
            detail={"delivery": delivery.pk},
            **about(request),
        )


def void_if_changed(*, request_id: int) -> list[str]:
    """Take back an approval whose documents, grounds or people have changed since; return why.

    Runs in the machine's name and is committed when it returns, so that the refusal that
    follows does not undo it.
    """
    system = get_system_user()
    with acting_as(system), attributing(system):
        request = moving.lock(request_id=request_id)
        if request.status not in VOIDABLE:
            return []
        codes = readiness.list_changes(request)
        if codes:
            void_all(request=request)
            reason = readiness.words_of(codes)
            if request.status == S.PACKAGING:
                moving.move_by_system(actor=system, request=request, target=S.APPROVED)
            moving.move_by_system(
                actor=system, request=request, target=S.IN_PREPARATION, reason=reason
            )
        return codes


def check_unchanged(*, request_id: int) -> None:
    """Refuse to go on with an approval that no longer stands, after making it void.

    Raises:
        DocumentNotFit: it was made void; the message says why.
    """
    codes = void_if_changed(request_id=request_id)
    if codes:
        raise DocumentNotFit(
            f"The approval is void. {readiness.words_of(codes)}",
            action=Action.REQUEST_CHANGED,
            subject_type="request",
            subject_id=request_id,
            detail={"changes": codes},
        )


def get_ready(*, request: Request) -> Package:
    """Return the finished package of a request.

    Raises:
        PackageNotReady: there is none.
    """
    package = Package.objects.filter(request=request, state=PackageState.READY).first()
    if package is None or request.status != S.READY:
        raise PackageNotReady(action=Action.PACKAGE_DELIVERED, **about(request))
    return package


def get_finished(*, request: Request) -> Package:
    """Return the finished package of a request that is ready or delivered.

    Raises:
        PackageNotReady: there is none.
    """
    package = Package.objects.filter(request=request, state=PackageState.READY).first()
    if package is None:
        raise PackageNotReady(action=Action.PACKAGE_CHECKED, **about(request))
    return package


def read(package: Package) -> bytes:
    """Return the finished file, verified against the hash of its row.

    Raises:
        VaultError: it is missing, damaged or cannot be reached.
    """
    part = PackagePart.objects.get(package=package, kind=PartKind.WHOLE)
    return files.read(place_of(part))


def place_of(part: PackagePart) -> Place:
    """Return where a part's bytes lie."""
    return Place(part.storage_name, bytes(part.wrapped_key or b""), identity_of(part))


def identity_of(part: PackagePart) -> str:
    """Return the name to which a part's bytes and key are bound."""
    return f"requests_release_packagepart/{part.package_id}/{part.kind}"


def erase_keys(package: Package) -> None:
    """Erase the keys of a package's parts: from here on nobody can read them."""
    now = timezone.now()
    for part in PackagePart.objects.filter(package=package, key_erased_at__isnull=True):
        part.wrapped_key, part.key_erased_at = None, now
        part.save(update_fields=["wrapped_key", "key_erased_at"])


def erase_copies(document_ids: Sequence[int]) -> int:
    """Erase keys and bytes of every package that holds pages of these documents; how many parts.

    Called when documents are destroyed, inside an attributed transaction. What was disclosed
    stays written down; the copies themselves are gone. Safe to repeat; 0 means none was left.
    """
    now = timezone.now()
    parts = PackagePart.objects.filter(
        package__request__items__document_id__in=document_ids, bytes_removed_at__isnull=True
    ).distinct()
    for part in parts:
        part.wrapped_key, part.key_erased_at = None, part.key_erased_at or now
        part.save(update_fields=["wrapped_key", "key_erased_at"])
        files.erase(part.storage_name)
        part.bytes_removed_at = now
        part.save(update_fields=["bytes_removed_at"])
    return len(parts)


def check_may_print(*, request: Request) -> None:
    """Refuse to open a package of which a document is not this patient's any more, or void.

    Raises:
        DocumentNotFit: so it is; an approval that no longer stands is void from here on.
    """
    check_unchanged(request_id=request.pk)
    elsewhere = [
        item.document_id
        for item in sources.list_items(request)
        if item.patient_id != request.patient_id or item.status == DocumentStatus.VOIDED
    ]
    if elsewhere:
        raise DocumentNotFit(
            "A document of these copies was moved or voided since. They stay as evidence of what "
            "was released, and are not opened any more.",
            action=Action.PACKAGE_CHECKED,
            detail={"documents": elsewhere},
            **about(request),
        )


def void_of_document(document_id: int) -> int:
    """Take back every approval that no longer stands after this document changed; how many."""
    touched = Request.objects.filter(
        Q(items__document_id=document_id) | Q(authorizations__document_id=document_id),
        status__in=VOIDABLE,
    )
    ids = list(touched.values_list("pk", flat=True).distinct())
    return sum(bool(void_if_changed(request_id=request_id)) for request_id in ids)


def void_changed() -> int:
    """Take back every approval whose documents were moved, voided or replaced; how many.

    The change itself tells, and delivery looks by itself; this is for what neither has met.
    """
    changed = (
        RequestItem.objects.filter(request__status__in=VOIDABLE)
        .exclude(
            document__status=DocumentStatus.CURRENT,
            document__patient_id=F("request__patient_id"),
            document__version_number=F("version_number"),
        )
        .values_list("request_id", flat=True)
        .distinct()
    )
    return sum(bool(void_if_changed(request_id=request_id)) for request_id in list(changed))


def remove_erased() -> int:
    """Remove the bytes of parts whose keys are erased; return how many. Safe to repeat."""
    system = get_system_user()
    parts = PackagePart.objects.filter(key_erased_at__isnull=False, bytes_removed_at__isnull=True)
    for part in parts:
        files.erase(part.storage_name)
        with attributing(system):
            part.bytes_removed_at = timezone.now()
            part.save(update_fields=["bytes_removed_at"])
    return len(parts)


def _standing(request: Request) -> QuerySet[Package]:
    return Package.objects.select_for_update().filter(
        request=request, state__in=[PackageState.BUILDING, PackageState.READY]
    )
