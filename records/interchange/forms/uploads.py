"""The form by which small files are imported through the browser."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from records.access.selectors import units
from records.interchange.services.uploads import MOST_BYTES, Received

MOST_FILES = 50
ACCEPTED = ".json,.ndjson,.gz,.pdf,.tif,.tiff,.jpg,.jpeg,.png"
TOO_LARGE = (
    f"Together these files are larger than {MOST_BYTES // 1024 // 1024} MB. "
    "Ask your administrator to import them on the server."
)


class FilesInput(forms.FileInput):
    """A file input that takes several."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files together within a limit; what each holds is told by the import."""

    widget = FilesInput(attrs={"accept": ACCEPTED})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files with their bytes.

        Raises:
            ValidationError: there is none, there are too many, or they are too large.
        """
        files = data if isinstance(data, list | tuple) else [data] if data else []
        found = [file for file in files if isinstance(file, UploadedFile)]
        if not found:
            raise ValidationError("Choose a file.", code="required")
        if len(found) > MOST_FILES:
            raise ValidationError(f"Choose at most {MOST_FILES} files.", code="too_many")
        if sum(file.size or 0 for file in found) > MOST_BYTES:
            raise ValidationError(TOO_LARGE, code="too_large")
        return [Received(file.name or "file", file.read()) for file in found]


class UploadForm(forms.Form):
    """Files, and the unit that keeps what they bring."""

    chosen = FilesField(
        label="Files",
        help_text="FHIR R4 as JSON or NDJSON (also gzip), PDF, TIFF, JPEG or PNG. "
        "What was imported before is left alone.",
    )
    unit = forms.TypedChoiceField(
        label="Unit", coerce=int, help_text="Keeps new charts; loose files wait in its list."
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {unit.pk: unit for unit in units.list_open_units(user)}
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            (unit.pk, unit.name) for unit in self.units.values()
        ]
