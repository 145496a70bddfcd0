from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from audit.management.base import BadInput, JsonCommand, parse_date
from records.retention.enums import Payer, RecordClass, RecordSeries
from records.retention.rules import eligibility
from records.retention.rules.eligibility import ChartFacts, Considered, Explanation
from records.retention.selectors import schedule

DATES = {
    "born": "birth date; without it nothing is eligible",
    "last-encounter": "last discharge or encounter of any kind",
    "first-encounter": "first encounter, if it was another one",
    "died": "date of death",
    "record": "day on which the record (its newest item) was made",
    "privacy": "newest day of an authorization or consent: made, or last in effect",
    "child-born": "on an obstetric record: the child's birth date",
    "contract-ended": "end of the payer's contract or audit",
}


class Command(JsonCommand):
    help = "Say from when on a record may be destroyed, and weigh every rule for it."

    def add_own_arguments(self, parser: ArgumentParser) -> None:
        """Add the facts that the rules look at."""
        parser.add_argument("--state", required=True, help="two letters, such as TX")
        parser.add_argument("--class", dest="record_class", default=RecordClass.HOSPITAL)
        parser.add_argument("--series", action="append", default=None)
        parser.add_argument("--payer", action="append", default=[])
        parser.add_argument("--as-of", metavar="DATE", help="the rules of this day; default: today")
        for name, help_text in DATES.items():
            parser.add_argument(f"--{name}", metavar="DATE", help=help_text)

    def run(self, **options: Any) -> dict[str, Any]:
        """Weigh the rules in force and return the answer with every rule considered.

        Raises:
            BadInput: a date, state, class, series or payer is none.
        """
        as_of = parse_date("--as-of", options["as_of"]) or timezone.localdate()
        dates = {
            name.replace("-", "_"): parse_date(f"--{name}", options[name.replace("-", "_")])
            for name in DATES
        }
        state = options["state"].upper()
        if len(state) != 2 or not state.isalpha():
            raise BadInput(f"--state must be two letters, not {options['state']!r}")
        facts = ChartFacts(
            state=state,
            record_class=RecordClass(_known("--class", options["record_class"], RecordClass)),
            born_on=dates["born"],
            last_encounter_on=dates["last_encounter"],
            first_encounter_on=dates["first_encounter"],
            record_on=dates["record"],
            privacy_on=dates["privacy"],
            died_on=dates["died"],
            child_born_on=dates["child_born"],
            contract_ended_on=dates["contract_ended"],
            payers=frozenset(_known("--payer", name, Payer) for name in options["payer"]),
            series=frozenset(
                _known("--series", name, RecordSeries)
                for name in options["series"] or [RecordSeries.HEALTH_RECORD]
            ),
        )
        explained = eligibility.explain(
            facts, schedule.load_rules(as_of), schedule.load_majority(as_of), as_of=as_of
        )
        return _as_result(explained)

    def tell(self, result: dict[str, Any]) -> None:
        """Print the answer, then a line for each rule."""
        self.stdout.write(f"eligible on: {result['eligible_on'] or 'never, or not known'}")
        for block in result["blocked_because"]:
            self.stdout.write(f"blocked: {block}")
        for line in result["considered"]:
            until = line["date"] or line["skipped"]
            self.stdout.write(f"{line['rule']}  {line['term']}  {until}  {line['cite']}")


def _known(name: str, value: str, choices: Any) -> str:
    found = value.upper().replace("-", "_")
    if found not in choices.values:
        raise BadInput(f"{name} must be one of {', '.join(choices.values)}, not {value!r}")
    return found


def _as_result(explained: Explanation) -> dict[str, Any]:
    governing = explained.governing
    return {
        "eligible_on": explained.eligible_on,
        "governing": governing and _as_line(governing),
        "considered": [_as_line(one) for one in explained.considered],
        "blocked_because": [str(block) for block in explained.blocked_because],
    }


def _as_line(one: Considered) -> dict[str, Any]:
    return {
        "rule": one.rule.code,
        "cite": one.rule.cite,
        "date": one.keeps_until,
        "term": str(one.rule.term),
        "certainty": str(one.rule.certainty),
        "skipped": str(one.skipped),
    }
