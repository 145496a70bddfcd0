from requests_release.models.authorizations import Authorization
from requests_release.models.deliveries import Delivery, Repeat
from requests_release.models.disclosures import Accounting, Disclosure
from requests_release.models.histories import (
    Comment,
    RequestAssignment,
    RequestChoice,
    RequestPreparer,
    RequestStatusChange,
)
from requests_release.models.marks import Mark, TakeoverNotice
from requests_release.models.packages import Package, PackagePart
from requests_release.models.requesters import Requester
from requests_release.models.requests import Request, RequestItem

__all__ = [
    "Accounting",
    "Authorization",
    "Comment",
    "Delivery",
    "Disclosure",
    "Mark",
    "Package",
    "PackagePart",
    "Repeat",
    "Request",
    "RequestAssignment",
    "RequestChoice",
    "RequestItem",
    "RequestPreparer",
    "RequestStatusChange",
    "Requester",
    "TakeoverNotice",
]
