"""That a service refuses, and writes nothing."""

import pytest

from audit.errors import Refused
from records.retention.models import Hold
from requests_release.models import (
    Authorization,
    Comment,
    Request,
    RequestChoice,
    Requester,
    RequestItem,
    RequestStatusChange,
)


def rows():
    """Everything that a refused service might have written."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (
            Request,
            Requester,
            RequestItem,
            RequestChoice,
            RequestStatusChange,
            Authorization,
            Comment,
            Hold,
        )
    }


def refused_without_a_trace(code, service, /, **values):
    before = rows()
    with pytest.raises(Refused) as refused:
        service(**values)
    assert refused.value.reason == code
    assert rows() == before
    return refused.value
