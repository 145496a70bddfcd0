import io
import zipfile

import pytest

from records.documents.errors import FileIsDicom, FileIsTwoKinds, FileKindUnknown, FileNotAsClaimed
from records.documents.rules import signatures
from records.documents.rules.signatures import FileKind

PDF = b"%PDF-1.7\n...\n%%EOF\n"


def zipped(comment=b""):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "a")
        archive.comment = comment
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (PDF, FileKind.PDF),
        (b"\n\n" + PDF, FileKind.PDF),
        (b"\xef\xbb\xbf" + PDF, FileKind.PDF),
        (b"\x1b%-12345X@PJL JOB\r\n" + PDF, FileKind.PDF),
        (b" " * 1019 + PDF, FileKind.PDF),
        (b"\x89PNG\r\n\x1a\n....", FileKind.PNG),
        (b"\xff\xd8\xff\xe0....", FileKind.JPEG),
        (b"II*\x00....", FileKind.TIFF),
        (b"MM\x00*....", FileKind.TIFF),
        (b"II+\x00....", FileKind.TIFF),
        (b"MM\x00+....", FileKind.TIFF),
        (PDF + zipped()[:-1], FileKind.PDF),
        (b"%PDF-1.7\n" + zipped() + b"\n%%EOF\n", FileKind.PDF),
    ],
)
def test_kind_of_known_beginnings(start, kind):
    assert signatures.kind_of(start) is kind


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"%PD",
        b" " * 1025 + PDF,
        b"PK\x03\x04 a document of a word processor",
        b"GIF89a",
        b"BM",
        b"RIFF....WEBP",
        b"MZ",
        b"<html>",
        b"%!PS-Adobe-3.0",
        b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR",
        b"MSH|^~\\&|",
    ],
)
def test_kind_of_anything_else_is_unknown(start):
    with pytest.raises(FileKindUnknown):
        signatures.kind_of(start)


def test_file_of_a_picture_archive_is_refused_as_such():
    with pytest.raises(FileIsDicom):
        signatures.kind_of(b"\x00" * 128 + b"DICM" + b"\x02\x00\x00\x00UL")
    with pytest.raises(FileKindUnknown):
        signatures.kind_of(b"\x00" * 127 + b"DICM")


@pytest.mark.parametrize(
    "content",
    [
        *(start + b"\n" + PDF for start in signatures.FOREIGN_SIGNATURES),
        b"\x89PNG\r\n\x1a\n" + PDF,
        b"\xff\xd8\xff\xe0 comment " + PDF,
        b"II*\x00" + PDF,
        b"<!DOCTYPE html><script>" + PDF,
        b"text < HTML >" + PDF,
        b"<?php system(1)?>" + PDF,
        b"\x00" * 128 + b"DICM" + PDF,
        PDF + zipped(),
        PDF + zipped(b"%%EOF with a comment"),
        b"\x89PNG\r\n\x1a\n...." + zipped(),
        b"\xff\xd8\xff\xe0...." + zipped(),
    ],
)
def test_kind_of_bytes_that_are_two_kinds_is_refused(content):
    with pytest.raises(FileIsTwoKinds):
        signatures.kind_of(content)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        (FileKind.PDF, ["a.pdf", "A.PDF", "a.b.pdf", " a.pdf ", "C:\\scans\\a.pdf", "/x.y/a"]),
        (FileKind.TIFF, ["a.tif", "a.TIFF"]),
        (FileKind.JPEG, ["a.jpg", "a.jpeg", "a.jpe", "a.jfif"]),
        (FileKind.PNG, ["a.png"]),
    ],
)
def test_claim_of_the_same_kind_passes(kind, names):
    for name in [*names, "", "no ending"]:
        signatures.check_claim(kind, name, signatures.MEDIA_TYPES[kind])


@pytest.mark.parametrize("kind", FileKind)
@pytest.mark.parametrize(
    "extension", [*signatures.EXTENSIONS, ".docx", ".exe", ".pdf.exe", ".2020"]
)
def test_claim_by_another_ending_is_refused(kind, extension):
    if signatures.EXTENSIONS.get(extension) is kind:
        return
    with pytest.raises(FileNotAsClaimed):
        signatures.check_claim(kind, f"scan{extension}")


@pytest.mark.parametrize("kind", FileKind)
@pytest.mark.parametrize("declared", [*signatures.DECLARED, "text/html", "application/zip", "pdf"])
def test_claim_by_declared_type(kind, declared):
    if signatures.DECLARED.get(declared) is kind:
        signatures.check_claim(kind, "", declared.upper() + "; name=x")
        return
    with pytest.raises(FileNotAsClaimed):
        signatures.check_claim(kind, "", declared)


@pytest.mark.parametrize("declared", sorted(signatures.DECLARES_NOTHING))
def test_declaring_nothing_is_no_claim(declared):
    signatures.check_claim(FileKind.PNG, "", declared)
