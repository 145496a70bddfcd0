"""What the forms of the retention room are sent with."""

from django.urls import reverse

from tests.records.retention import factories as make

HTMX = {"HX-Request": "true"}


def url(name, **kwargs):
    return reverse(f"retention:{name}", kwargs=kwargs)


def seen(batch):
    found = make.seen(batch)
    return {"status": found.status, "digest": found.digest}
