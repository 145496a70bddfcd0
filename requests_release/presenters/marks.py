"""Who works on a request, as its pages and the frame of every page say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from requests_release.models import TakeoverNotice
from requests_release.selectors.marks import Marked

NOBODY = "Nobody is working on this now"


@dataclass(frozen=True)
class MarkLine:
    """One line: who works on the request, and what the reader can do about it.

    `version` is what a script asks with, so that the line is sent again only when it is another.
    """

    text: str
    version: str
    url: str
    let_go_url: str = ""
    take_over_url: str = ""

    @property
    def is_of_another(self) -> bool:
        """Tell whether somebody else works on it, and the reader could take over."""
        return bool(self.take_over_url)


def present(
    held: Marked | None, *, request_id: int, reader_id: int, may_take_over: bool
) -> MarkLine:
    """Return the line about the mark of a request for one reader."""
    url = _address("request_mark", request_id)
    if held is None:
        return MarkLine(NOBODY, '"nobody"', url)
    can_take = may_take_over and held.person_id != reader_id
    return MarkLine(
        held.say(reader_id),
        f'"{held.key}-{int(can_take)}"',
        url,
        let_go_url=_address("request_let_go", request_id) if held.person_id == reader_id else "",
        take_over_url=_address("request_take_over", request_id) if can_take else "",
    )


def notice(row: TakeoverNotice) -> dict[str, Any]:
    """Return the line by which a former holder is told on every page; it names no patient.

    Why is said on the request's page: a note in free words may name the patient.
    """
    comment = row.comment
    who, number = comment.made_by.display_name, comment.request.number
    return {
        "id": f"takeover-{row.pk}",
        "title": "Taken over from you",
        "text": f"{who} has taken over request {number}, on which you worked, and says why.",
        "url": _address("request_detail", comment.request_id),
    }


def _address(name: str, request_id: int) -> str:
    return reverse(f"requests_release:{name}", kwargs={"request_id": request_id})
