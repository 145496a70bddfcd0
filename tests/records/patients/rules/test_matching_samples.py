"""The seed model on published people with known truth; left out by name where they are absent."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest

from records.patients.enums import MatchBand
from records.patients.rules import comparing, matching, names
from records.patients.rules.matching import Person

ROOT = Path(__file__).resolve().parents[4]
SAMPLES = Path(os.environ.get("CHARTROOM_SAMPLE_DATA") or ROOT.parent / "shared" / "data")
FEBRL = SAMPLES / "linkage" / "febrl"

pytestmark = pytest.mark.skipif(not FEBRL.is_dir(), reason="the linkage samples are absent")


def birth(text):
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def read_people(*files, with_number=True):
    people, truth = [], []
    for name in files:
        with (FEBRL / name).open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, skipinitialspace=True):
                truth.append(row["rec_id"].split("-")[1])
                people.append(
                    Person(
                        family=names.closed_up(row["surname"]),
                        given=names.closed_up(row["given_name"]),
                        born_on=birth(row["date_of_birth"]),
                        ssn=row["soc_sec_id"].strip() if with_number else "",
                        zip_code=row["postcode"].strip(),
                        address=comparing.street_form(f"{row['street_number']} {row['address_1']}"),
                    )
                )
    return people, truth


def judge(people, truth):
    """Return how many true and false pairs lie in each band."""
    found = {band: [0, 0] for band in MatchBand}
    for one, other in matching.candidate_pairs(people, largest_block=500):
        band = matching.compare(people[one], people[other]).band
        found[band][truth[one] != truth[other]] += 1
    return found


@pytest.mark.parametrize(
    ("files", "with_number", "pairs", "least_probable", "least_found"),
    [
        (("dataset1.csv",), True, 500, 0.96, 0.98),
        (("dataset1.csv",), False, 500, 0.80, 0.94),
        (("dataset4a.csv", "dataset4b.csv"), True, 5000, 0.97, 0.99),
        (("dataset4a.csv", "dataset4b.csv"), False, 5000, 0.84, 0.95),
    ],
)
def test_duplicates_are_found_and_strangers_are_not_called_probable(
    files, with_number, pairs, least_probable, least_found
):
    found = judge(*read_people(*files, with_number=with_number))

    probable, possible = found[MatchBand.PROBABLE], found[MatchBand.POSSIBLE]
    assert probable[1] == 0
    assert possible[1] <= 10
    assert probable[0] >= least_probable * pairs
    assert probable[0] + possible[0] >= least_found * pairs
