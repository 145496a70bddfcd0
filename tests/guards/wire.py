"""Requests put straight to the WSGI application, looked at from outside at the first byte."""

from __future__ import annotations

import csv
import io
import re
import sys
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import unquote

import pypdfium2
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception
from django.test import RequestFactory

from tests.guards import people

EVENTS = """
    SELECT e.id, e.action, e.outcome, e.patient_id, e.subject_type, e.subject_id,
           ARRAY(SELECT patient_id FROM audit_eventsubject s WHERE s.event_id = e.id)
    FROM audit_event e WHERE e.request_id = %s ORDER BY e.id
"""
TAG = re.compile(r"<[^>]*>")
ADDRESS = re.compile(r"""\b(?:href|src|action|formaction|hx-[a-z]+|data-[a-z-]*url)="([^"]*)\"""")
LINK_ONLY = re.compile(r"^(https?:|/|\?)")


@dataclass(frozen=True)
class Event:
    """An event that another connection saw when the first byte left."""

    action: str
    outcome: str
    patients: frozenset[int]
    subject: tuple[str, str]


@dataclass
class Answer:
    """What a browser got."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    events: list[Event]
    error: str = ""
    texts: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)

    def header(self, name: str) -> str:
        """Return a header, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def addresses(self) -> str:
        """Return every address that the page links to."""
        found = [unquote(unescape(text)) for text in ADDRESS.findall(self.text)]
        return "\n".join(text for text in found if LINK_ONLY.match(text))

    @property
    def shown_patients(self) -> set[int]:
        """Return the patients of whom a committed event says that they were shown."""
        done = [event.patients for event in self.events if event.outcome == "SUCCESS"]
        return set().union(*done)

    @property
    def doubled(self) -> list[Any]:
        """Return what was recorded twice."""
        told = Counter((e.action, e.outcome, e.patients, e.subject) for e in self.events)
        return [key for key, times in told.items() if times > 1]


class Wire:
    """Sends requests of signed-in people; `second` is a connection of its own."""

    def __init__(self, second: Any) -> None:
        self.second = second
        self.application = WSGIHandler()  # as config.wsgi makes it
        self.cookies: dict[str, str] = {}
        self.error = ""
        got_request_exception.connect(self._note)

    def sign_in(self, name: str, user_id: int) -> None:
        """Keep the session of a person who has just proved who they are."""
        client = people.sign_in(get_user_model().objects.get(pk=user_id))
        session = client.session
        session["_csrftoken"] = "t" * 32
        session.save()
        self.cookies[name] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def ask(
        self,
        name: str,
        method: str,
        path: str,
        data: dict[str, Any] | None = None,
        **headers: str,
    ) -> Answer:
        """Send one request as the person `name`, or as a stranger where nobody is known by it."""
        factory = RequestFactory(headers={"X-CSRFToken": "t" * 32, **headers})
        if name in self.cookies:
            factory.cookies[settings.SESSION_COOKIE_NAME] = self.cookies[name]
        request = getattr(factory, method.lower())(path, data or {})
        started: list[Any] = []
        self.error = ""

        def start_response(status: str, found: list[tuple[str, str]], *_: Any) -> None:
            started.extend((int(status.split()[0]), found))

        response = self.application(request.environ, start_response)
        chunks = iter(response)
        first = next(chunks, b"")
        headers_ = started[1]
        request_id = next((v for k, v in headers_ if k.lower() == "x-request-id"), "")
        events = self._events(request_id)
        body = first + b"".join(chunks)
        close = getattr(response, "close", None)
        if close:
            close()
        answer = Answer(started[0], headers_, body, events, self.error)
        _read(answer)
        return answer

    def _note(self, **_: Any) -> None:
        """Remember what went wrong inside, and where."""
        error = sys.exc_info()[1]
        if error is not None:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            self.error = f"{type(error).__name__} at {frame.filename}:{frame.lineno}: {error}"

    def _events(self, request_id: str) -> list[Event]:
        """Read what is committed, from the other connection."""
        with self.second.cursor() as cursor:
            cursor.execute(EVENTS, [request_id])
            return [
                Event(
                    action,
                    outcome,
                    frozenset([*([patient] if patient else []), *listed]),
                    (subject_type, subject_id),
                )
                for _, action, outcome, patient, subject_type, subject_id, listed in cursor
            ]


def _read(answer: Answer) -> None:
    """Take out of an answer every text and picture that it holds."""
    kind = answer.header("Content-Type").partition(";")[0]
    if kind.startswith("image/"):
        answer.pictures.append(answer.body)
    else:
        answer.texts.extend(_texts(answer.body, kind))


def _texts(content: bytes, kind: str) -> Iterator[str]:
    if content.startswith(b"%PDF"):
        yield from _pdf_texts(content)
    elif content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from _texts(archive.read(name), "")
    else:
        text = content.decode("utf-8", "replace")
        yield unescape(text)
        if "html" in kind or "xml" in text[:60]:
            # Marks inside a word must not hide it; blocks stay apart.
            yield unescape(TAG.sub("", text))
        if kind == "text/csv":
            yield from (" ".join(row) for row in csv.reader(io.StringIO(text)))


def _pdf_texts(content: bytes) -> Iterator[str]:
    with pypdfium2.PdfDocument(content) as document:
        yield " ".join(document.get_metadata_dict().values())
        for index in range(len(document)):
            page = document[index]
            words = page.get_textpage()
            yield words.get_text_bounded()
            words.close()
            page.close()
