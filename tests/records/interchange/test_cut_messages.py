"""A message that breaks off anywhere is refused whole: no part of a person is read from it."""

import gzip
import json

import pytest

from records.interchange.reading import read
from tests.records.interchange.builders import bundle, clinical, encounter, observation, patient

WHOLE = json.dumps(
    bundle(
        patient(telecom=[{"value": "207-555-0142"}]),
        encounter(),
        observation("o1", encounter={"reference": "Encounter/e1"}),
        clinical("Condition", "c1", note=[{"text": "Müller, 3 €"}]),
    ),
    ensure_ascii=False,
).encode()


def fates(data):
    result = read(data, "f")
    return len(result.patients), len(result.fates), [item.reason for item in result.rejected]


@pytest.mark.goal("G-50")
def test_bundle_cut_at_any_byte_is_refused_whole():
    reasons = set()
    for cut in range(len(WHOLE)):
        patients, resources, rejected = fates(WHOLE[:cut])
        assert (patients, resources, len(rejected)) == (0, 0, 1), cut
        reasons.add(rejected[0])

    assert fates(WHOLE) == (1, 4, [])
    assert reasons == {"EMPTY", "BAD_JSON"}


@pytest.mark.goal("G-50")
def test_compressed_bundle_cut_at_any_byte_is_refused_whole():
    packed = gzip.compress(WHOLE, mtime=0)

    for cut in range(len(packed)):
        patients, resources, rejected = fates(packed[:cut])
        assert (patients, resources, len(rejected)) == (0, 0, 1), cut

    assert fates(packed) == (1, 4, [])
