"""The line that says who works on a request, as the tests of its pages read it."""

import html
import re

from django.urls import reverse

from requests_release.models import Mark

BOARD = reverse("requests_release:request_board")
NEWS = reverse("requests_release:request_news")
PREPARING = ("request_edit", "request_authorization", "request_items", "request_sensitive")
LINE = re.compile(r'<div class="mark-line"[^>]*>(.*?)</div>', re.DOTALL)
NOTE = "Needed before noon"


def holder():
    mark = Mark.objects.select_related("person").first()
    return mark.person.display_name if mark else None


def line_of(response):
    """Return the line as it is read, and what can be done about it."""
    found = LINE.search(response.content.decode())
    if not found:
        return None
    text = re.sub(r"<[^>]+>", " ", found[1])
    return " ".join(html.unescape(text).split())


def mark_in(response):
    return re.search(r'name="mark" value="([^"]+)"', response.content.decode())[1]
