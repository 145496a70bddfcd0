"""What kind of file some bytes are, and whether that agrees with what they are said to be.

Only four kinds are taken. The first bytes decide, the name and the declared type must agree, and
the sandbox then opens every page: all three, or the file is refused.
"""

from __future__ import annotations

import enum
import os.path
import re

from records.documents.faults import FileIsDicom, FileIsTwoKinds, FileKindUnknown, FileNotAsClaimed

PDF_HEADER = b"%PDF-"
PDF_HEADER_WITHIN = 1024
ZIP_END = b"PK\x05\x06"
ZIP_END_WITHIN = 65_557
DICOM_AT = 128


class FileKind(enum.StrEnum):
    """The kinds of file that may be filed."""

    PDF = "PDF"
    TIFF = "TIFF"
    JPEG = "JPEG"
    PNG = "PNG"


MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.TIFF: "image/tiff",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
}
EXTENSIONS = {
    ".pdf": FileKind.PDF,
    ".tif": FileKind.TIFF,
    ".tiff": FileKind.TIFF,
    ".jpg": FileKind.JPEG,
    ".jpeg": FileKind.JPEG,
    ".jpe": FileKind.JPEG,
    ".jfif": FileKind.JPEG,
    ".png": FileKind.PNG,
}
DECLARED = {media_type: kind for kind, media_type in MEDIA_TYPES.items()} | {
    "application/x-pdf": FileKind.PDF,
    "image/tif": FileKind.TIFF,
    "image/x-tiff": FileKind.TIFF,
    "image/jpg": FileKind.JPEG,
    "image/pjpeg": FileKind.JPEG,
    "image/x-png": FileKind.PNG,
}
# A browser or a gateway that says one of these says nothing.
DECLARES_NOTHING = frozenset({"", "application/octet-stream", "binary/octet-stream"})

IMAGE_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
    (b"II+\x00", FileKind.TIFF),
    (b"MM\x00+", FileKind.TIFF),
)
# Beginnings that some program would run or unpack: never tolerated before a PDF's header.
FOREIGN_SIGNATURES = (
    b"MZ",
    b"\x7fELF",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"GIF8",
    b"RIFF",
    b"BM",
    b"#!",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"\xca\xfe\xba\xbe",
    b"{\\rtf",
)
MARKUP = re.compile(rb"<\s*(?:!doctype|html|script|svg|\?xml|\?php)", re.IGNORECASE)


def kind_of(data: bytes) -> FileKind:
    """Return the kind that the first bytes say.

    A PDF's header may stand after a printer's or a gateway's few lines (the standard's own
    readers look through 1,024 bytes), but not after another format's beginning.

    Raises:
        FileIsDicom: an image of a picture archive.
        FileKindUnknown: none of the four kinds.
        FileIsTwoKinds: the bytes are also the beginning, or the end, of another kind of file.
    """
    head = data[:PDF_HEADER_WITHIN]
    pdf_at = head.find(PDF_HEADER)
    image = next((kind for start, kind in IMAGE_SIGNATURES if head.startswith(start)), None)
    if image is not None:
        if pdf_at >= 0 or _ends_as_archive(data):
            raise FileIsTwoKinds
        return image
    if pdf_at < 0:
        raise FileIsDicom if _is_dicom(data) else FileKindUnknown
    if _begins_as_other(data, pdf_at) or _ends_as_archive(data):
        raise FileIsTwoKinds
    return FileKind.PDF


def check_claim(kind: FileKind, file_name: str = "", media_type: str = "") -> None:
    """Refuse a file whose name or declared type says another kind than its bytes.

    No name ending and no declared type is no claim: machines send such files.

    Raises:
        FileNotAsClaimed: the ending or the declared type is another, or an unknown one.
    """
    extension = os.path.splitext(file_name.strip().lower())[1]
    if extension and EXTENSIONS.get(extension) is not kind:
        raise FileNotAsClaimed(f"named {extension}, content {kind}")
    declared = media_type.split(";", 1)[0].strip().lower()
    if declared not in DECLARES_NOTHING and DECLARED.get(declared) is not kind:
        raise FileNotAsClaimed(f"declared {declared}, content {kind}")


def _begins_as_other(data: bytes, pdf_at: int) -> bool:
    before = data[:pdf_at]
    return (
        before.startswith(FOREIGN_SIGNATURES)
        or MARKUP.search(before) is not None
        or _is_dicom(data)
    )


def _is_dicom(data: bytes) -> bool:
    return data[DICOM_AT : DICOM_AT + 4] == b"DICM"


def _ends_as_archive(data: bytes) -> bool:
    """Tell whether the file also ends as a zip: a directory record that reaches just to its end.

    An archive attached inside an honest PDF has the document's own end behind it.
    """
    tail = data[-ZIP_END_WITHIN:]
    at = tail.find(ZIP_END)
    while at >= 0:
        if _is_zip_end(tail[at:]):
            return True
        at = tail.find(ZIP_END, at + 1)
    return False


def _is_zip_end(record: bytes) -> bool:
    return len(record) >= 22 and 22 + int.from_bytes(record[20:22], "little") == len(record)
