"""Fields of this room: files, and the choices that a chart gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from printing.words import day
from records.access.enums import SensitivityClass
from records.access.services.opening import ChartScope
from records.documents.errors import FileEmpty, FileTooLarge
from records.documents.selectors import documents
from records.documents.services.storing import Upload
from records.encounters.selectors import encounters

ENCOUNTERS_OFFERED = 200
FOR_A_COLLEAGUE = "protected: a colleague files it"
ACCEPTED = ".pdf,.tif,.tiff,.jpg,.jpeg,.png"
Choices = list[tuple[str, Any]]


def size_hint() -> str:
    """Return which files are taken, for the hint below the field."""
    megabytes = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
    return (
        f"PDF, TIFF, JPEG or PNG, at most {megabytes} MB. "
        "All pages of one file become one document."
    )


class DocumentFileField(forms.FileField):
    """One file; its bytes are looked at later, in the sandbox."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=kwargs.pop("label", "File"),
            error_messages={"required": "Choose a file.", "empty": FileEmpty.message},
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the file as an upload.

        Raises:
            ValidationError: there is none, it is empty, or it is over the limit.
        """
        file = super().clean(data, initial)
        return as_upload(file) if isinstance(file, UploadedFile) else file


class ManyFilesInput(forms.FileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class DocumentFilesField(forms.FileField):
    """Several files; what is wrong with one does not hold up the others."""

    widget = ManyFilesInput(attrs={"accept": ACCEPTED})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages={"required": "Choose a file."}, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files as they came.

        Raises:
            ValidationError: there is none.
        """
        if not data:
            raise ValidationError(self.error_messages["required"], code="required")
        return list(data) if isinstance(data, list | tuple) else [data]


def as_upload(file: UploadedFile) -> Upload:
    """Return an uploaded file as services take it.

    Raises:
        ValidationError: it is empty or over the limit.
    """
    if not file.size:
        raise ValidationError(FileEmpty.message, code="empty")
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise ValidationError(FileTooLarge.message, code="too_large")
    return Upload(file.read(), file.name or "", file.content_type or "")


def type_choices(scope: ChartScope) -> Choices:
    """Return the types under the dividers of the chart, in one query.

    Those of a class that the reader may not file in this chart say so.
    """
    groups: dict[str, Choices] = {}
    for kind in documents.list_types():
        is_hidden = kind.default_sensitivity not in scope.classes
        name = f"{kind.name} ({FOR_A_COLLEAGUE})" if is_hidden else kind.name
        groups.setdefault(kind.section, []).append((kind.code, name))
    return [("", "Choose a type"), *groups.items()]


def encounter_choices(scope: ChartScope) -> Choices:
    """Return the chart's newest encounters, in one query."""
    found = encounters.list_recent(scope, ENCOUNTERS_OFFERED)
    named = [
        (str(one.pk), encounter_name(one.started_at, one.get_kind_display(), one.account_number))
        for one in found
    ]
    return [("", "None in particular"), *named]


def encounter_name(started_at: datetime, kind: str, account: str) -> str:
    """Return an encounter in a few words: its day, kind and account."""
    return f"{day(started_at)} {kind.lower()} · {account}"


def sensitivity_choices(scope: ChartScope) -> Choices:
    """Return the classes that the reader may file under in this chart."""
    return [("", "As usual for the type")] + [
        (one.value, one.label) for one in SensitivityClass if one.value in scope.classes
    ]
