"""The ways from what was typed to patients: one condition on one table each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import Any

from accounts import crypto
from records.patients.enums import IdentifierKind, MatchStyle, NameKind, QueryKind
from records.patients.rules import keys, mrn, names
from records.patients.rules.names import PersonName
from records.patients.rules.search_terms import Interpretation

OWN = ("patients_patient", "chart_id")
ALIAS = ("patients_name", "patient_id")
IDENTIFIER = ("patients_identifier", "patient_id")
PHONE = ("patients_phone", "patient_id")
OF_KIND = "n.value_key = ANY(%s) AND n.kind = %s"
MRN_KINDS = {
    IdentifierKind.MRN: "",
    IdentifierKind.FORMER_MRN: "former number",
    IdentifierKind.OTHER_MRN: "number elsewhere",
}
MRN_LENGTHS = range(6, 15, 2)
# What stands between the parts of a note: no name holds it.
NO_NOTE = "''"
PART = "\x1f"
ALIAS_NOTE = "concat_ws(chr(31), n.kind, n.family, n.given)"
NAME_WORDS = {
    NameKind.LEGAL: "legal name",
    NameKind.FORMER: "former name",
    NameKind.MAIDEN: "maiden name",
    NameKind.ALIAS: "alias",
    NameKind.PREFERRED: "preferred name",
    NameKind.TEMPORARY: "earlier known as",
}
ALIKE_FAMILIES = (
    "SELECT family_key FROM patients_patient"
    " WHERE family_key LIKE %s AND levenshtein_less_equal(family_key, %s, 2) <= 2"
)
# A middle name in filing form, as the indexes patients_…_and_middle hold it.
MIDDLE_KEY = "regexp_replace(normalize(upper(n.middle), NFKD), '[^[:alnum:]]', '', 'g')"
SHORTEST_PART = 3
SHORTEST_SLIP = 5
# The order of the indexes on beginnings. Without it the planner believes that any walk over all
# patients soon meets enough of a common name, and reads half of them.
BY_FAMILY = "n.family_key USING ~<~, n.given_key USING ~<~"
BY_GIVEN = "n.given_key USING ~<~, n.family_key"


@dataclass(frozen=True)
class Branch:
    """One way to patients: a condition on a table `n` whose column `key` is the patient's id.

    `score` is SQL for how alike the row is (best first); `note` is SQL for a text of the row from
    which `why` makes the reason shown beside the line. All SQL is the code's own; what was typed
    travels in `params` and `score_params`.
    """

    table: str
    key: str
    condition: str
    params: tuple[Any, ...]
    why: str | Callable[[str], str] = ""
    note: str = NO_NOTE
    score: str = "0"
    score_params: tuple[Any, ...] = ()
    order: str = "score DESC"

    def explain(self, note: str) -> str:
        """Return why the row matched, empty where it is the patient's own name or number."""
        return self.why if isinstance(self.why, str) else self.why(note)


Way = tuple[str, tuple[Any, ...], str]
# Rooms above add how a number of theirs leads to a patient.
_lookups: dict[QueryKind, Branch] = {}


def register_lookup(kind: QueryKind, *, table: str, key: str, column: str, why: str) -> None:
    """Let numbers of `kind` be looked up in `column` of a table of a room above."""
    _lookups[kind] = Branch(table, key, f"n.{column} = %s", (), why)


def branches_of(meaning: Interpretation) -> list[Branch]:
    """Return the ways to patients for one meaning of what was typed."""
    if meaning.kind == QueryKind.NAME:
        return _alike(meaning) if meaning.style == MatchStyle.FUZZY else _names(meaning)
    if meaning.kind == QueryKind.BIRTH:
        return [Branch(*OWN, *_births(meaning, "n"), why="birth date")]
    found = _numbers(meaning)
    if meaning.kind in _lookups:
        found.append(replace(_lookups[meaning.kind], params=(meaning.number,)))
    return found


def _numbers(meaning: Interpretation) -> list[Branch]:
    number, is_prefix = meaning.number, meaning.style == MatchStyle.PREFIX
    match meaning.kind:
        case QueryKind.MRN if is_prefix:
            return [Branch(*OWN, "n.mrn LIKE %s", (f"{number}%",))]
        case QueryKind.MRN:
            return _record_numbers(number)
        case QueryKind.SSN:
            blind = crypto.blind_indexes("ssn", number)
            where = "n.blind_index = ANY(%s) AND n.is_current"
            return [Branch(*IDENTIFIER, where, (blind,), "social security number")]
        case QueryKind.SSN_LAST4:
            where = "n.last_four = %s AND n.kind = 'SSN' AND n.is_current"
            return [Branch(*IDENTIFIER, where, (number,), "end of social security number")]
        case QueryKind.PHONE if is_prefix:
            return [Branch(*PHONE, f"right(n.digits, {len(number)}) = %s", (number,), "phone")]
        case QueryKind.PHONE:
            return [Branch(*PHONE, "n.digits = %s", (number,), "phone")]
        case _:
            return [Branch(*IDENTIFIER, "n.value_key = %s", (number,), "other number")]


def _record_numbers(number: str) -> list[Branch]:
    found = []
    for kind, word in MRN_KINDS.items():
        params = (every_length(number), kind)
        found.append(Branch(*IDENTIFIER, OF_KIND, params, _number_why(word), "n.value"))
    return found


def _number_why(word: str) -> Callable[[str], str]:
    return lambda value: f"{word} {mrn.display(value)}" if word else ""


def every_length(number: str) -> list[str]:
    """Return a record number filled with zeros to every length in use."""
    short = number.lstrip("0") or "0"
    return sorted({short.zfill(length) for length in MRN_LENGTHS if len(short) <= length})


def _births(meaning: Interpretation, alias: str) -> tuple[str, tuple[Any, ...]]:
    between = f"{alias}.birth_on BETWEEN %s AND %s"
    days = tuple(day for typed in meaning.births for day in (typed.first, typed.last))
    return f"({' OR '.join([between] * len(meaning.births))})", days


def _names(meaning: Interpretation) -> list[Branch]:
    own, own_params = _name_condition(meaning, "n")
    other, other_params = _name_condition(meaning, "b")
    order = BY_FAMILY if meaning.family else BY_GIVEN
    return [
        Branch(*OWN, own, own_params, order=order),
        Branch(*ALIAS, other, other_params, _alias_why, ALIAS_NOTE, order=order),
    ]


def _alias_why(note: str) -> str:
    """Return the other name that matched, with its kind."""
    kind, family, given = note.split(PART)
    shown = names.display_name(PersonName(family, given)) if given else family.upper()
    return f"{NAME_WORDS[NameKind(kind)]} {shown}"


def _similar_alias_why(note: str) -> str:
    return f"similar to {_alias_why(note)}"


def _name_condition(meaning: Interpretation, birth_alias: str) -> tuple[str, tuple[Any, ...]]:
    is_prefix = meaning.style == MatchStyle.PREFIX
    conditions: list[str] = []
    params: list[Any] = []
    for column, value in (("family_key", meaning.family), ("given_key", meaning.given)):
        if value:
            conditions.append(f"n.{column} {'LIKE' if is_prefix else '='} %s")
            params.append(f"{value}%" if is_prefix else value)
    if meaning.births:
        where, days = _births(meaning, birth_alias)
        conditions.append(where)
        params += days
    return " AND ".join(conditions), tuple(params)


def _alike(meaning: Interpretation) -> list[Branch]:
    has_one_beside = bool(meaning.middle) and not (meaning.family and meaning.given)
    return [_with_middle(meaning)] if has_one_beside else _fuzzy(meaning)


def _with_middle(meaning: Interpretation) -> Branch:
    """Return the way by a whole family or given name and the beginning of a middle name."""
    column, why = ("family_key", "family") if meaning.family else ("given_key", "given")
    condition = f"n.{column} = %s AND n.middle <> '' AND {MIDDLE_KEY} LIKE %s"
    params: tuple[Any, ...] = (meaning.family or meaning.given, f"{meaning.middle}%")
    if meaning.births:
        where, days = _births(meaning, "n")
        condition, params = f"{condition} AND {where}", (*params, *days)
    return Branch(*OWN, condition, params, f"{why} and middle name", score="1")


def _fuzzy(meaning: Interpretation) -> list[Branch]:
    key = f"{meaning.family} {meaning.given}".strip()
    is_whole = bool(meaning.family and meaning.given)
    alike = "n.name_key %% %s" if is_whole else "%s <%% n.name_key"
    shared: list[Way] = [(alike, (key,), "similar name")]
    if _sounds(meaning):
        shared.append(("n.sound_key = ANY(%s)", (_sounds(meaning),), "sounds alike"))
    own = [*shared, *[(where, params, "similar name") for where, params in _slips(meaning)]]
    if not is_whole and len(key) >= SHORTEST_PART:
        own.append(("n.name_key LIKE %s", (f"%{key}%",), "part of the name"))
    likeness = _likeness(key, meaning, "n")
    found = [Branch(*OWN, where, params, why, NO_NOTE, *likeness) for where, params, why in own]
    likeness = _likeness(key, meaning, "b")
    return found + [
        Branch(*ALIAS, where, params, _similar_alias_why, ALIAS_NOTE, *likeness)
        for where, params, _ in shared
    ]


def _likeness(key: str, meaning: Interpretation, person: str) -> tuple[str, tuple[Any, ...]]:
    """Return how alike a row is; the birth date typed beside a name puts people in front.

    It leaves nobody out: where the name was misspelt, the date may be too.
    """
    score = "similarity(n.name_key, %s)" if " " in key else "word_similarity(%s, n.name_key)"
    if not meaning.births:
        return score, (key,)
    where, days = _births(meaning, person)
    return f"{score} + CASE WHEN {where} THEN 1 ELSE 0 END", (key, *days)


def _sounds(meaning: Interpretation) -> list[str]:
    """Return the sound keys of a family name, with every given name if none was typed."""
    sound = keys.soundex(meaning.family)
    if not sound:
        return []
    initials = meaning.given[:1] or ascii_uppercase
    return [f"{sound}{initial}" for initial in initials]


def _slips(meaning: Interpretation) -> list[tuple[str, tuple[Any, ...]]]:
    """Return conditions for slips of the finger: two in one name when the other is right.

    In a family name typed alone its beginning may be off by one letter; nothing else of the
    first two, so that an index finds the rows to compare.
    """
    family, given = meaning.family, meaning.given
    if family and given:
        return [
            (
                "n.given_key LIKE %s AND levenshtein_less_equal(n.family_key, %s, 2) <= 2",
                (f"{given}%", family),
            ),
            (
                "n.family_key = %s AND levenshtein_less_equal(left(n.given_key, %s), %s, 2) <= 2",
                (family, len(given), given),
            ),
        ]
    if len(family) < SHORTEST_SLIP:
        return []
    first, second, third = family[0], family[1], family[2]
    starts = sorted({first + second, first + third, second + first, second + third})
    # Names first, from the index alone: most families that begin so are not alike.
    alike = " UNION ".join([ALIKE_FAMILIES] * len(starts))
    params = [value for start in starts for value in (f"{start}%", family)]
    return [(f"n.family_key = ANY(ARRAY({alike}))", tuple(params))]
