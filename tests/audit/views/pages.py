"""What the pages of the log are about in tests, and how they are read."""

import re

from audit.context import Origin
from audit.models import Event, EventSubject

ANA = Origin(7, "Ana Mills", "CLERK", "a" * 32, "s1", "10.0.0.1")
BO = Origin(8, "Bo Hale", "SUPERVISOR", "b" * 32)
PATIENTS = {"5": "MILLS, Peter 45-50-99", "6": "MUÑOZ, Rosa 45-51-00"}
LIST = "/log/"
EXPORT = "/log/export/"
PAGES = [
    LIST,
    EXPORT,
    "/log/events/{event}/",
    "/log/patients/5/",
    "/log/patients/5/export/",
    "/log/people/7/",
    "/log/people/7/export/",
    "/log/seals/",
]


# Pages with a form beside the log's own filters.
FORMS = {LIST, *(page for page in PAGES if page.endswith("/export/"))}


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def rows_of(answer):
    return answer.content.decode().count("<tr data-row>")


def newest(**of):
    return Event.objects.filter(**of).latest("id")


def shown_by(event):
    rows = EventSubject.objects.filter(event_id=event.pk).order_by("position")
    return list(rows.values_list("patient_id", flat=True))
