"""The board of requests: what a person may see of it, by state or as one list.

Every query is cut off and begins with the person's units, so its cost does not grow with the
number of requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from audit.http import key_asked
from printing import words
from records.access.selectors import scopes
from requests_release.enums import RequestKind, RequestStatus
from requests_release.rules import transitions
from requests_release.selectors import marks
from requests_release.selectors.marks import Marked

CARDS = 20
PAGE = 50
CHUNK = 2000
SOON_DAYS = 3
NO_DATE = date(9999, 12, 31)
# In an address: what no preparer holds yet.
NOBODY = "none"
MOST_COUNTED = 2000
# The order in which work flows over the board.
COLUMNS = (
    RequestStatus.LOGGED,
    RequestStatus.IN_PREPARATION,
    RequestStatus.ON_HOLD,
    RequestStatus.SUBMITTED,
    RequestStatus.RETURNED,
    RequestStatus.APPROVED,
    RequestStatus.PACKAGING,
    RequestStatus.READY,
    RequestStatus.DELIVERED,
    RequestStatus.DENIED,
    RequestStatus.NO_RECORDS,
)
# What ended stands on neither, until somebody chooses it.
STATES = (*COLUMNS, RequestStatus.WITHDRAWN, RequestStatus.CLOSED)

SELECT = """
SELECT r.id, r.number, r.status, r.kind, r.due_on, r.due_label, r.due_force, r.page_count,
       r.status_since, r.received_on, r.patient_id, q.name, q.kind, p.family, p.given, p.middle,
       p.suffix, p.mrn, p.birth_on, p.birth_precision, p.died_on, coalesce(who.display_name, ''),
       r.prepared_by_id, r.wait_reason, m.person_id, marker.display_name, m.since
  FROM {source} r
  JOIN requests_release_requester q ON q.id = r.requester_id
  JOIN patients_patient p ON p.chart_id = r.patient_id
  LEFT JOIN accounts_user who ON who.id = r.prepared_by_id
  LEFT JOIN requests_release_mark m ON m.request_id = r.id AND m.heard_at > %(stale_at)s
  LEFT JOIN accounts_user marker ON marker.id = m.person_id
"""
BOARD = """(
    SELECT one.* FROM unnest(%(statuses)s::text[]) AS wanted (status)
    CROSS JOIN LATERAL (
        SELECT * FROM requests_release_request r
         WHERE r.status = wanted.status AND {where}
         ORDER BY coalesce(r.due_on, %(no_date)s), r.id LIMIT %(many)s
    ) one
)"""
LIST = """(
    SELECT * FROM requests_release_request r
     WHERE r.status = ANY(%(statuses)s) AND {where}
       AND (coalesce(r.due_on, %(no_date)s), r.id) > (%(after_on)s, %(after_id)s)
     ORDER BY coalesce(r.due_on, %(no_date)s), r.id LIMIT %(many)s
)"""
COUNTED = """
    SELECT count(*) FROM (SELECT 1 FROM requests_release_request r
     WHERE r.status = ANY(%(statuses)s) AND {where} LIMIT %(many)s) counted
"""
NUMBERED = """(
    SELECT * FROM requests_release_request r WHERE r.number = %(number)s AND {where}
)"""
HELD = """
    SELECT held.status, held.prepared_by_id, coalesce(who.display_name, ''), count(*),
           count(*) FILTER (WHERE held.due_on < %(today)s AND held.status <> ALL(%(answered)s))
      FROM (SELECT r.status, r.prepared_by_id, r.due_on FROM requests_release_request r
             WHERE r.status = ANY(%(statuses)s) AND {where} LIMIT %(many)s) held
      LEFT JOIN accounts_user who ON who.id = held.prepared_by_id
     GROUP BY 1, 2, 3
"""
NOT_PREPARED = """NOT EXISTS (
    SELECT FROM requests_release_requestpreparer took
     WHERE took.request_id = r.id AND took.person_id = %(me)s
)"""
ORDER = " ORDER BY coalesce(r.due_on, %(no_date)s), r.id"


@dataclass(frozen=True)
class Filters:
    """What the address says of which requests are wanted."""

    statuses: tuple[str, ...] = ()
    is_mine: bool = False
    due: str = ""
    kind: str = ""
    preparer: str = ""

    @classmethod
    def read(cls, query: Any) -> Filters:
        """Return the filters of a page's query; what is unknown is left out."""
        statuses = tuple(one for one in query.getlist("status") if one in RequestStatus.values)
        due = query.get("due", "")
        kind = query.get("kind", "")
        preparer = query.get("preparer", "")
        is_preparer = preparer == NOBODY or key_asked(preparer) is not None
        return cls(
            statuses=statuses,
            is_mine=query.get("mine") == "1",
            due=due if due in ("soon", "late") else "",
            kind=kind if kind in RequestKind.values else "",
            preparer=preparer if is_preparer else "",
        )


@dataclass(frozen=True)
class Card:
    """One request as board and list show it, with two identifiers of its patient."""

    request_id: int
    number: str
    status: str
    kind: str
    due_on: date | None
    due_label: str
    due_force: str
    page_count: int
    status_since: datetime
    received_on: date
    patient_id: int
    requester: str
    requester_kind: str
    family: str
    given: str
    middle: str
    suffix: str
    mrn: str
    birth_on: date | None
    birth_precision: str
    died_on: date | None
    preparer: str
    preparer_id: int | None
    wait_reason: str
    marker_id: int | None
    marker: str | None
    marked_since: datetime | None

    @property
    def patient_name(self) -> str:
        """Return the patient's name as lists write it."""
        return words.person_name(self.family, self.given, self.middle, self.suffix)

    @property
    def is_answered(self) -> bool:
        """Tell whether the clock of the law has been answered, so that no days count down."""
        return self.status in transitions.ANSWERED

    @property
    def held(self) -> Marked | None:
        """Return the mark of who works on the request now, if somebody does."""
        if self.marker_id is None or self.marked_since is None:
            return None
        return Marked(self.marker_id, self.marker or "", self.marked_since)

    @property
    def pages(self) -> str:
        """Return how many pages are chosen, empty where none are."""
        return words.counted(self.page_count, "page") if self.page_count else ""


@dataclass(frozen=True)
class Held:
    """How many requests of one state one preparer holds, and how many of these are late."""

    status: str
    preparer_id: int | None
    preparer: str
    count: int
    late: int


@dataclass(frozen=True)
class Page:
    """One page of the list; `next_key` is empty on the last."""

    cards: list[Card]
    next_key: str


def list_columns(user: User, filters: Filters, *, today: date) -> dict[str, list[Card]]:
    """Return the cards of each column, at most one more than fits, in one query."""
    statuses = [str(one) for one in STATES if one in (filters.statuses or COLUMNS)]
    where, params = _where(user, filters, today)
    params |= {"statuses": statuses, "many": CARDS + 1}
    columns: dict[str, list[Card]] = {status: [] for status in statuses}
    for card in _run(BOARD.format(where=where), params):
        columns[card.status].append(card)
    return columns


def list_page(user: User, filters: Filters, *, today: date, after: str = "") -> Page:
    """Return one page of the list, first due first, wherever in the list it is."""
    cards = _cards_after(user, filters, today, _read_key(after), PAGE + 1)
    last = cards[PAGE - 1] if len(cards) > PAGE else None
    next_key = f"{last.due_on or NO_DATE}.{last.request_id}" if last else ""
    return Page(cards[:PAGE], next_key)


def stream_list(user: User, filters: Filters, *, today: date) -> Iterator[list[Card]]:
    """Yield the whole list, first due first, in chunks that cost the same each."""
    key, cards = (date.min, 0), list[Card]()
    while not cards or len(cards) == CHUNK:
        cards = _cards_after(user, filters, today, key, CHUNK)
        if not cards:
            return
        yield cards
        key = (cards[-1].due_on or NO_DATE, cards[-1].request_id)


def count_list(user: User, filters: Filters, *, today: date, most: int) -> int:
    """Return how many requests the list has, counting no further than `most`."""
    where, params = _where(user, filters, today)
    params |= {"statuses": _statuses(filters), "many": most}
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(where=where), params)
        return int(cursor.fetchone()[0])


def list_waiting(
    user: User, statuses: Sequence[str], *, is_mine: bool, limit: int, is_of_others: bool = False
) -> list[Card]:
    """Return the requests in `statuses` that wait, the first due first.

    With `is_mine` only those that the person prepares or prepared, not those they decide; with
    `is_of_others` only those in whose preparation they took no part.
    """
    filters = Filters(statuses=tuple(statuses), preparer=str(user.pk) if is_mine else "")
    where, params = _where(user, filters, date.min)
    if is_of_others:
        where, params = f"{where} AND {NOT_PREPARED}", params | {"me": user.pk}
    params |= {
        "statuses": list(statuses),
        "many": limit,
        "after_on": date.min,
        "after_id": 0,
    }
    return _run(LIST.format(where=where), params)


def count_held(user: User, statuses: Sequence[str], *, today: date) -> list[Held]:
    """Return how many of the open requests that `user` may see each preparer holds, by state.

    Counts `MOST_COUNTED` requests and no further.
    """
    where, params = _where(user, Filters(), today)
    answered = [str(one) for one in transitions.ANSWERED]
    params |= {
        "statuses": list(statuses),
        "many": MOST_COUNTED,
        "today": today,
        "answered": answered,
    }
    with connection.cursor() as cursor:
        cursor.execute(HELD.format(where=where), params)
        return [Held(*row) for row in cursor.fetchall()]


def find_by_number(user: User, number: str) -> Card | None:
    """Return the request with this number, if this person may see it."""
    where, params = _where(user, Filters(), date.min)
    return next(iter(_run(NUMBERED.format(where=where), params | {"number": number})), None)


def _where(user: User, filters: Filters, today: date) -> tuple[str, dict[str, Any]]:
    scope = scopes.list_scope(user)
    single = scope.where_single("r.patient_id")
    parts = [f"(r.unit_id = ANY(%(scope_units)s) OR {single})"]
    params: dict[str, Any] = {**scope.params, "no_date": NO_DATE}
    if filters.is_mine:
        parts.append("(r.prepared_by_id = %(me)s OR r.reviewer_id = %(me)s)")
        params["me"] = user.pk
    if filters.due:
        parts.append("r.due_on < %(due)s AND r.status <> ALL(%(answered)s)")
        is_late = filters.due == "late"
        params["due"] = today if is_late else today + timedelta(days=SOON_DAYS + 1)
        params["answered"] = [str(one) for one in transitions.ANSWERED]
    if filters.kind:
        parts.append("r.kind = %(kind)s")
        params["kind"] = filters.kind
    if filters.preparer == NOBODY:
        parts.append("r.prepared_by_id IS NULL")
    elif filters.preparer:
        parts.append("r.prepared_by_id = %(preparer)s")
        params["preparer"] = int(filters.preparer)
    return " AND ".join(parts), params


def _run(source: str, params: dict[str, Any]) -> list[Card]:
    with connection.cursor() as cursor:
        values = params | {"stale_at": marks.stale_at()}
        cursor.execute(SELECT.format(source=source) + ORDER, values)
        return [Card(*row) for row in cursor.fetchall()]


def _cards_after(
    user: User, filters: Filters, today: date, key: tuple[date, int], many: int
) -> list[Card]:
    where, params = _where(user, filters, today)
    params |= {
        "statuses": _statuses(filters),
        "many": many,
        "after_on": key[0],
        "after_id": key[1],
    }
    return _run(LIST.format(where=where), params)


def _statuses(filters: Filters) -> list[str]:
    """Return the states that the list shows: those chosen, or all that are not closed."""
    return list(filters.statuses or map(str, transitions.OPEN))


def _read_key(text: str) -> tuple[date, int]:
    day, _, key = text.rpartition(".")
    try:
        return date.fromisoformat(day), int(key)
    except ValueError:
        return date.min, 0
