"""Signed authorizations: attached to requests, read element by element, revoked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from audit.enums import Action
from audit.services import events
from audit.writes import attributed
from records.documents.enums import DocumentStatus
from records.documents.selectors import documents
from records.documents.services import filing
from records.documents.services.filing import DocumentFacts
from records.documents.services.storing import Upload
from requests_release import access
from requests_release.access import about
from requests_release.errors import DayImpossible, DocumentNotFit, NotReady, RequestUnknown
from requests_release.models import Authorization, Request
from requests_release.permissions import PREPARE_REQUEST
from requests_release.rules import authorization as rules
from requests_release.selectors import readiness, sources
from requests_release.services import moving, packages, requests

TYPE_CODE = "AUTHORIZATION"
NOT_YET = "This day has not come yet."
# What the form on the screen calls a column.
FIELDS = {"revoked_on": "received_on"}


@dataclass(frozen=True)
class FormFacts:
    """What the clerk reads on a signed form; see `Authorization`."""

    scope: str = ""
    scope_from: date | None = None
    scope_until: date | None = None
    classes: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    purpose: str = ""
    signed_on: date | None = None
    is_signed_by_patient: bool = True
    signer_name: str = ""
    authority: str = ""
    is_authority_proven: bool = False
    expires_on: date | None = None
    expiry_event: str = ""
    has_event_occurred: bool = False
    names_us: bool = False
    has_revocation_statement: bool = False
    has_condition_statement: bool = False
    has_redisclosure_statement: bool = False
    has_remuneration_statement: bool = False
    is_plain: bool = False
    is_sought_by_us: bool = False
    is_copy_given: bool = False
    is_conditioned: bool = False
    is_combined: bool = False
    is_known_false: bool = False


@attributed
def record(
    *, actor: User, request_id: int, version: int, document_id: int, facts: FormFacts
) -> Authorization:
    """Record what a filed, signed form says, as the request's authorization from now on.

    Defects are no reason to refuse: the form is kept as it came, and the defects are named. Days
    that cannot follow each other are: they are a slip of the reader, or no authorization at all.

    Raises:
        RequestChanged: the form on the screen is stale.
        RequestMoveNotAllowed: the request is submitted or further.
        DayImpossible: it would expire before it was signed.
        DocumentNotFit: the document is not a current one of this chart, or hidden.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    requests.check_editable(actor=actor, request=request)
    scope = access.check_scope(actor=actor, request=request)
    _refuse_disorder(
        request,
        Action.AUTHORIZATION_RECORDED,
        rules.find_disorder(signed_on=facts.signed_on, expires_on=facts.expires_on),
    )
    document = documents.list_documents(scope).filter(pk=document_id).first()
    if document is None or document.status != DocumentStatus.CURRENT:
        raise DocumentNotFit(
            "The signed form is not a current document of this chart.",
            action=Action.AUTHORIZATION_RECORDED,
            **about(request),
        )
    values = asdict(facts) | {
        "classes": list(facts.classes),
        "recipients": [name.strip() for name in facts.recipients if name.strip()],
    }
    form = Authorization.objects.create(
        request=request,
        document_id=document.pk,
        version_number=document.version_number,
        recorded_by=actor,
        **values,
    )
    moving.note_preparer(actor=actor, request=request)
    moving.save(request)
    _record(actor, request, form)
    return form


def file_form(
    *, actor: User, request_id: int, upload: Upload, filing_key: UUID, signed_on: date | None
) -> int:
    """File a signed form in the patient's chart, for `record` to read; return its document's id.

    It stays filed even where recording is refused afterwards; sent again with the same key it is
    not filed twice.

    Raises:
        FileRefused: the file cannot be filed; nothing was kept.
        SandboxUnavailable, VaultUnavailable: not just now; nothing was kept.
        FilingRefused: the date of the signature cannot be.
        RequestUnknown, StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    found = Request.objects.filter(pk=request_id).first()
    if found is None:
        raise RequestUnknown(subject_type="request", subject_id=request_id)
    access.check_may_prepare(actor=actor, request=found)
    filed = filing.file_document(
        actor=actor,
        patient_id=found.patient_id,
        upload=upload,
        facts=DocumentFacts(
            TYPE_CODE, f"Authorization for {found.number}", signed_on or found.received_on
        ),
        filing_key=filing_key,
    )
    return filed.pk


@attributed
def revoke(*, actor: User, request_id: int, version: int, received_on: date) -> Request:
    """Note that the patient has revoked the authorization; nothing more leaves on it.

    An approval that stands is void, and so is its package.

    Raises:
        RequestChanged: the form is stale.
        NotReady: there is no authorization that stands.
        DayImpossible: the day has not come yet, or lies before the signature.
        StepNotYours, ChartRefused, ChartUnknown: not for this person.
    """
    request = moving.lock(request_id=request_id, version=version)
    access.check_permission(
        actor=actor,
        permission=PREPARE_REQUEST,
        request=request,
        action=Action.AUTHORIZATION_REVOKED,
    )
    access.check_scope(actor=actor, request=request)
    form = readiness.get_authorization(request)
    if form is None or form.revoked_on is not None:
        raise NotReady(
            "There is no authorization to revoke.",
            action=Action.AUTHORIZATION_REVOKED,
            **about(request),
        )
    now = timezone.now()
    wrong = rules.find_disorder(signed_on=form.signed_on, revoked_on=received_on)
    if received_on > timezone.localdate(now):
        wrong = {"revoked_on": NOT_YET}
    _refuse_disorder(request, Action.AUTHORIZATION_REVOKED, wrong)
    form.revoked_on = received_on
    form.revocation_recorded_at, form.revocation_recorded_by = now, actor
    form.save(update_fields=["revoked_on", "revocation_recorded_at", "revocation_recorded_by"])
    moving.save(request)
    events.record(
        action=Action.AUTHORIZATION_REVOKED,
        actor=actor,
        detail={"authorization": form.pk},
        **about(request),
    )
    packages.void_if_changed(request_id=request.pk)
    request.refresh_from_db()
    return request


def _refuse_disorder(request: Request, action: Action, wrong: dict[str, str]) -> None:
    if wrong:
        beside = {FIELDS.get(name, name): message for name, message in wrong.items()}
        raise DayImpossible(beside=beside, action=action, **about(request))


def _record(actor: User, request: Request, form: Authorization) -> None:
    items = sources.list_items(request)
    defects = readiness.find_defects(request, form, items, timezone.localdate())
    events.record(
        action=Action.AUTHORIZATION_RECORDED,
        actor=actor,
        detail={"authorization": form.pk, "document": form.document_id},
        **about(request),
    )
    events.record(
        action=Action.REQUEST_VALIDATED,
        actor=actor,
        detail={"authorization": form.pk, "defects": [str(defect) for defect in defects]},
        **about(request),
    )
