"""Uploaded files on their way in: kept in memory, counted, cut, and only from people."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile

from records.documents.errors import FileEmpty, FileTooLarge
from records.documents.forms import fields
from records.documents.forms.uploads import MemoryUploadHandler


@pytest.fixture
def handler(settings):
    settings.UPLOAD_MAX_BYTES = 100
    return MemoryUploadHandler(SimpleNamespace(user=SimpleNamespace(is_authenticated=True)))


def send(handler, *chunks, name="a.pdf"):
    handler.new_file("file", name, "application/pdf", None)
    at = 0
    for chunk in chunks:
        assert handler.receive_data_chunk(chunk, at) is None
        at += len(chunk)
    return handler.file_complete(at)


def test_file_within_the_limit_is_whole(handler):
    file = send(handler, b"a" * 60, b"b" * 40)

    assert (file.name, file.content_type, file.size) == ("a.pdf", "application/pdf", 100)
    assert file.read() == b"a" * 60 + b"b" * 40


def test_file_over_the_limit_keeps_its_size_and_no_bytes(handler):
    file = send(handler, b"a" * 60, b"b" * 41, b"c" * 500)

    assert (file.size, file.read()) == (601, b"")


def test_files_together_have_a_limit_and_the_next_one_fits_again(handler):
    first, second = send(handler, b"a" * 100), send(handler, b"b" * 90)
    third, fourth = send(handler, b"c" * 60), send(handler, b"d" * 10)

    assert [len(one.read()) for one in (first, second, third, fourth)] == [100, 90, 0, 10]
    assert third.size == 101


@pytest.mark.parametrize("user", [None, SimpleNamespace(is_authenticated=False)])
def test_file_of_a_stranger_is_not_kept(settings, user):
    handler = MemoryUploadHandler(SimpleNamespace(user=user))

    with pytest.raises(SkipFile):
        handler.new_file("file", "a.pdf", "application/pdf", None)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", FileEmpty.message), (b"x" * 101, FileTooLarge.message)],
)
def test_file_of_no_use_is_told_before_it_is_opened(settings, content, message):
    settings.UPLOAD_MAX_BYTES = 100

    with pytest.raises(ValidationError) as error:
        fields.as_upload(SimpleUploadedFile("a.pdf", content))

    assert error.value.message == message


def test_upload_carries_what_the_file_claims():
    upload = fields.as_upload(SimpleUploadedFile("../a.pdf", b"bytes", "image/png"))

    assert (upload.content, upload.file_name, upload.media_type) == (b"bytes", "a.pdf", "image/png")


def test_hint_names_the_houses_limit(settings):
    settings.UPLOAD_MAX_BYTES = 30 * 1024 * 1024

    assert "at most 30 MB" in fields.size_hint()


def test_no_upload_handler_writes_to_disk(settings):
    assert settings.FILE_UPLOAD_HANDLERS == ["records.documents.forms.uploads.MemoryUploadHandler"]
