"""Files made to harm whoever opens them, each with what must come of it.

`None` as the outcome: refused or made safe, either is right.
"""

import io
import random
import struct
import zipfile
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from records.documents import errors
from records.documents.rules import signatures
from tests.records.documents import samples

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def corpus():
    """Return (name, bytes, file name, expected error or None) of every hostile file."""
    return [
        *_foreign(),
        *_misnamed(),
        *_polyglots(),
        *_cut(),
        *_flipped(),
        *_active(),
        *_bombs(),
        *_malformed(),
    ]


def _bases():
    return {
        "text.pdf": samples.written_pdf("One", "Two", "Three"),
        "picture.pdf": _pdf_of_picture(),
        "fax.tif": samples.fax(3),
        "photo.jpg": samples.saved(samples.photograph(), "JPEG"),
        "turned.jpg": samples.turned_jpeg(6),
        "page.png": samples.saved(samples.drawn(mode="RGB"), "PNG"),
    }


def _pdf_of_picture():
    return samples.saved(samples.photograph(), "PDF")


def _zipped(**members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _symlink():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return buffer.getvalue()


def _foreign():
    unknown = errors.FileKindUnknown
    program = b"MZ" + b"\x00" * 200
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    xxe = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
    others = {
        "zip slip": _zipped(**{"../../../etc/cron.d/x": "* * * * *"}),
        "zip bomb": _zipped(bomb="0" * 10_000_000),
        "zip symlink": _symlink(),
        "macro document": _zipped(**{"word/vbaProject.bin": "macro", "[Content_Types].xml": "x"}),
        "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        "program": program,
        "elf": b"\x7fELF" + b"\x00" * 200,
        "shell": b"#!/bin/sh\nrm -rf /\n",
        "eicar": EICAR,
        "html": b"<!DOCTYPE html><script>alert(1)</script>",
        "svg": svg,
        "xxe": xxe,
        "rtf": b"{\\rtf1 {\\object}}",
        "postscript": b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file",
        "gif": samples.saved(samples.drawn(), "GIF"),
        "bmp": samples.saved(samples.drawn(), "BMP"),
        "webp": samples.saved(samples.drawn(mode="RGB"), "WEBP"),
        "dicom": b"\x00" * 128 + b"DICM" + b"\x00" * 100,
        "dicom with a program": program[:128].ljust(128, b"\x00") + b"DICM",
        "gzip": b"\x1f\x8b\x08" + b"\x00" * 50,
        "seven zip": b"7z\xbc\xaf\x27\x1c",
        "text": b"just text",
        "one byte": b"%",
        "zeros": b"\x00" * 100_000,
        "header too late": b" " * 2000 + samples.written_pdf("One"),
    }
    files = [
        (name, content, "scan.pdf", errors.FileIsDicom if "dicom" in name else unknown)
        for name, content in others.items()
    ]
    return [*files, ("empty", b"", "scan.pdf", errors.FileEmpty)]


def _misnamed():
    wrong = errors.FileNotAsClaimed
    for name, content in _bases().items():
        right = signatures.EXTENSIONS[name[name.rindex(".") :]]
        for extension, kind in signatures.EXTENSIONS.items():
            if kind is not right:
                yield f"{name} named {extension}", content, f"scan{extension}", wrong
        for extension in (".exe", ".html", ".svg", ".docx", ".pdf.exe"):
            yield f"{name} named {extension}", content, f"scan{extension}", wrong


def _polyglots():
    two = errors.FileIsTwoKinds
    pdf = samples.written_pdf("One")
    archive = _zipped(a="b")
    for at, start in enumerate(signatures.FOREIGN_SIGNATURES):
        yield f"polyglot {at} before pdf", start + b"\n" + pdf, "a.pdf", two
    for name, content in _bases().items():
        yield f"{name} with an archive behind", content + archive, name, two
    for start in (
        b"<html><script>x</script>",
        b"<?php x ?>",
        b"<svg onload=x>",
        b"<!doctype html>",
    ):
        yield f"{start!r} before pdf", start + pdf, "a.pdf", two
    jpeg = samples.saved(samples.drawn(), "JPEG", comment=pdf[:400])
    yield "jpeg with pdf in its comment", jpeg, "a.jpg", two
    yield "program in a dicom preamble before pdf", b"\x00" * 128 + b"DICM" + pdf, "a.pdf", two


def _cut():
    for name, content in _bases().items():
        for share in (1, 5, 15, 30, 50, 70, 85, 95, 99):
            cut = content[: len(content) * share // 100]
            yield f"{name} cut at {share}%", cut, name, None


def _flipped():
    for name, content in _bases().items():
        for seed in range(20):
            chance = random.Random(f"{name} {seed}")
            damaged = bytearray(content)
            for _ in range(chance.choice((1, 5, 50))):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            yield f"{name} damaged {seed}", bytes(damaged), name, None


def _active():
    changes = {
        "script": samples.with_script,
        "launch": samples.with_launch,
        "attachment": samples.with_attachment,
        "xfa": samples.with_xfa(False),
        "hidden layer": samples.with_hidden_layer,
        "outside file": _outside_stream,
        "outside link": _outside_link,
        "movie": _movie,
    }
    for name, change in changes.items():
        yield f"pdf with {name}", samples.changed_pdf(change), "a.pdf", None
    dynamic = samples.changed_pdf(samples.with_xfa(True))
    yield "pdf drawn by its maker only", dynamic, "a.pdf", errors.FileIsDynamicForm
    for strength in (2, 3, 4, 6):
        lock = pikepdf.Encryption(
            owner="o", user="u", R=strength, aes=strength > 3, metadata=strength > 3
        )
        locked = samples.changed_pdf(lambda pdf: None, encryption=lock)
        yield f"locked pdf {strength}", locked, "a.pdf", errors.FileEncrypted


def _outside_stream(pdf):
    outside = pdf.make_stream(b"", F=String("/etc/passwd"))
    pdf.pages[0].obj.Contents = outside


def _outside_link(pdf):
    action = Dictionary(S=Name.URI, URI=String("http://127.0.0.1:1/"))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def _movie(pdf):
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.RichMedia,
        Rect=Array([0, 0, 9, 9]),
        RichMediaContent=Dictionary(),
    )
    pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])


def _bombs():
    flood = errors.FileHasPixelFlood
    for width, height in ((50_000, 50_000), (2**31 - 1, 1), (1, 2**31 - 1), (65_535, 65_535)):
        content = samples.png_of_size(width, height)
        yield f"png {width}x{height}", content, "a.png", flood
    for coding in (Name.CCITTFaxDecode, Name.JBIG2Decode, Name.JPXDecode, Name.DCTDecode):
        content = samples.changed_pdf(_huge_picture(coding))
        yield f"pdf with a huge picture {coding}", content, "a.pdf", flood
    yield "jpeg 65500x65500", _huge_jpeg(), "a.jpg", flood
    yield "png with a text bomb", _png_with(b"zTXt", b"k\x00\x00" + _packed(50)), "a.png", None
    yield "png with a profile bomb", _png_with(b"iCCP", b"k\x00\x00" + _packed(50)), "a.png", None
    yield "png with too many pixels inside", _png_with(b"IDAT", _packed(50)), "a.png", None
    yield "pdf with a content bomb", samples.changed_pdf(_content_bomb), "a.pdf", None
    yield "pdf with nested bombs", samples.changed_pdf(_nested_bomb), "a.pdf", None
    yield "pdf that draws itself", samples.changed_pdf(_draws_itself), "a.pdf", None
    yield "pdf that doubles itself", samples.changed_pdf(_doubles_itself), "a.pdf", None
    yield "pdf of a billion pages", _many_pages(10**9), "a.pdf", None
    yield "pdf of the same page 6000 times", _same_page(6000), "a.pdf", None
    yield "pdf with a huge page", samples.written_pdf("One", size=(10**7, 10**7)), "a.pdf", None
    yield "tiff of 6000 pages", _tiff_chain(6000), "a.tif", errors.FileTooManyPages
    yield "tiff that leads to itself", _tiff_loop(), "a.tif", None
    yield "tiff with a huge page", _tiff_of(100_000, 100_000), "a.tif", flood


def _packed(megabytes):
    return zlib.compress(b"\x00" * megabytes * 1024 * 1024, 9)


def _png_with(name, content):
    whole = samples.saved(samples.drawn(), "PNG")
    body = name + content
    chunk = struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
    return whole[:33] + chunk + whole[33:]


def _huge_picture(coding):
    def change(pdf):
        picture = pdf.make_stream(
            b"\x00" * 64,
            Type=Name.XObject,
            Subtype=Name.Image,
            Width=100_000,
            Height=100_000,
            ColorSpace=Name.DeviceGray,
            BitsPerComponent=1,
            Filter=coding,
        )
        pdf.pages[0].obj.Resources.XObject = Dictionary(Im=picture)
        pdf.pages[0].obj.Contents = pdf.make_stream(b"600 0 0 700 0 0 cm /Im Do")

    return change


def _huge_jpeg():
    whole = bytearray(samples.saved(samples.drawn(64, 64), "JPEG"))
    at = whole.index(b"\xff\xc0")
    whole[at + 5 : at + 9] = struct.pack(">HH", 65500, 65500)
    return bytes(whole)


def _content_bomb(pdf):
    packed = zlib.compress(b"0 0 m 9 9 l S " * 8_000_000, 1)
    pdf.pages[0].obj.Contents = pdf.make_stream(packed, Filter=Name.FlateDecode)


def _nested_bomb(pdf):
    packed = zlib.compress(zlib.compress(b"\x00" * 300_000_000, 9), 9)
    filters = Array([Name.FlateDecode, Name.FlateDecode])
    pdf.pages[0].obj.Contents = pdf.make_stream(packed, Filter=filters)


def _form(pdf, content, **drawn):
    return pdf.make_stream(
        content,
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 600, 700]),
        Resources=Dictionary(XObject=Dictionary(**drawn)),
    )


def _draws_itself(pdf):
    form = _form(pdf, b"/Self Do /Self Do")
    form.Resources.XObject = Dictionary(Self=form)
    pdf.pages[0].obj.Resources.XObject = Dictionary(Self=form)
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/Self Do")


def _doubles_itself(pdf):
    form = _form(pdf, b"0 0 9 9 re f")
    for _ in range(25):
        form = _form(pdf, b"/Next Do /Next Do /Next Do /Next Do", Next=form)
    pdf.pages[0].obj.Resources.XObject = Dictionary(Next=form)
    pdf.pages[0].obj.Contents = pdf.make_stream(b"/Next Do")


def _many_pages(count):
    def change(pdf):
        pdf.Root.Pages.Count = count

    return samples.changed_pdf(change)


def _same_page(count):
    def change(pdf):
        pages = pdf.Root.Pages
        pages.Kids = Array([pages.Kids[0]] * count)
        pages.Count = count

    return samples.changed_pdf(change)


def _tiff_directory(width, height, following):
    entries = {
        256: (4, width),
        257: (4, height),
        258: (3, 8),
        259: (3, 1),
        262: (3, 1),
        273: (4, 8),
        278: (4, height),
        279: (4, 1),
    }
    body = struct.pack("<H", len(entries))
    for tag, (kind, value) in entries.items():
        body += struct.pack("<HHII", tag, kind, 1, value)
    return body + struct.pack("<I", following)


def _tiff_of(width, height):
    return b"II*\x00" + struct.pack("<I", 16) + b"\x00" * 8 + _tiff_directory(width, height, 0)


def _tiff_chain(count):
    size = len(_tiff_directory(1, 1, 0))
    directories = (
        _tiff_directory(1, 1, 16 + size * (at + 1) if at + 1 < count else 0) for at in range(count)
    )
    return b"II*\x00" + struct.pack("<I", 16) + b"\x00" * 8 + b"".join(directories)


def _tiff_loop():
    return b"II*\x00" + struct.pack("<I", 16) + b"\x00" * 8 + _tiff_directory(1, 1, 16)


def _malformed():
    pdf = samples.written_pdf("One")
    made = {
        "no objects": b"%PDF-1.7\n%%EOF\n",
        "deep arrays": b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"\nendobj\n%%EOF\n",
        "deep dictionaries": b"%PDF-1.7\n1 0 obj\n" + b"<</A" * 100_000 + b"\nendobj\n%%EOF\n",
        "table that leads to itself": pdf.replace(b"/Size", b"/Prev 9 /Size"),
        "huge object number": pdf.replace(b"1 0 obj", b"99999999999 0 obj"),
        "negative length": pdf.replace(b"/Length ", b"/Length -"),
        "huge length": pdf.replace(b"/Length ", b"/Length 99999999"),
        "no pages": pdf.replace(b"/Type /Pages", b"/Type /Nothing"),
        "odd version": pdf.replace(b"%PDF-1.", b"%PDF-\xff."),
        "two ends": pdf + pdf,
        "binary behind": pdf + bytes(range(256)) * 3,
    }
    for name, content in made.items():
        yield f"pdf: {name}", content, "a.pdf", None
    yield "page tree that leads to itself", samples.changed_pdf(_tree_loop), "a.pdf", None
    yield "png without pixels", _png_without_pixels(), "a.png", None
    yield "grey jpeg with odd tables", _odd_jpeg(), "a.jpg", None
    tiff = samples.saved(samples.drawn(), "TIFF")
    yield (
        "tiff with its directory outside",
        tiff[:4] + b"\xff\xff\xff\x7f" + tiff[8:],
        "a.tif",
        None,
    )


def _tree_loop(pdf):
    pages = pdf.Root.Pages
    pages.Kids = Array([pages, pages])


def _png_without_pixels():
    whole = samples.saved(Image.new("L", (9, 9)), "PNG")
    return whole[:33] + whole[-12:]


def _odd_jpeg():
    whole = bytearray(samples.saved(samples.drawn(), "JPEG"))
    at = whole.index(b"\xff\xdb")
    whole[at + 4] = 0x7F
    return bytes(whole)
