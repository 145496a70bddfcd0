from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.interchange.enums import Reason
from records.interchange.errors import FhirUnreadable
from records.interchange.fhir import json_text

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize("text", ["1.50", "0.10", "1E-7", "1e400", "107.18887168456683", "-0.0"])
def test_canonical_keeps_decimals_as_written(text):
    assert json_text.canonical([json_text.loads(f"[{text}]")[0]]) == f"[{Decimal(text)}]"


def test_canonical_sorts_keys_and_escapes():
    assert json_text.canonical({"b": "é", "a": [1, None]}) == '{"a":[1,null],"b":"\\u00e9"}'


def test_canonical_does_not_mistake_text_for_a_number():
    text = json.dumps(["\x001.5\x00", "1.5"])

    assert json_text.canonical(json_text.loads(text)) == '["\\u00001.5\\u0000","1.5"]'


@given(JSON)
def test_canonical_reads_back_the_same(value):
    assert json_text.loads(json_text.canonical(value)) == value


@pytest.mark.parametrize(
    "text, message",
    [
        ("{", "Not JSON: Expecting property name enclosed in double quotes at line 1, column 2."),
        ("nothing", "Not JSON: Expecting value at line 1, column 1."),
        ('{"a": NaN}', "Not JSON: NaN is no number."),
        ('{"a": 1, "a": 2}', "Not JSON: a key stands twice in one object."),
        ("9" * 5000, "Not JSON: a number is too long."),
        ("[" * 100_000, "Nested more deeply than FHIR ever is."),
        ("[" * 61 + "]" * 61, "Nested more deeply than FHIR ever is."),
    ],
)
def test_loads_refuses_without_quoting_the_text(text, message):
    with pytest.raises(FhirUnreadable) as caught:
        json_text.loads(text, "line 3")

    assert (caught.value.message, caught.value.reason, caught.value.path) == (
        message,
        Reason.BAD_JSON,
        "line 3",
    )
    assert str(caught.value) == f"line 3: {message}"


@pytest.mark.parametrize("text", ["[" * 60 + "]" * 60, "3", '"x"', "null"])
def test_loads_takes_what_is_not_too_deep(text):
    assert json_text.loads(text) == json.loads(text)
