"""Names and phrases from which synthetic people and papers are made, common ones first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_WORDS: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
FAMILIES: tuple[str, ...] = tuple(_WORDS["families"])
FEMALE: tuple[str, ...] = tuple(_WORDS["female"])
MALE: tuple[str, ...] = tuple(_WORDS["male"])
STREETS: tuple[str, ...] = tuple(_WORDS["streets"])
TOWNS: tuple[tuple[str, str], ...] = tuple((name, code) for name, code in _WORDS["towns"])
REASONS: tuple[str, ...] = tuple(_WORDS["reasons"])
SERVICES: tuple[str, ...] = tuple(_WORDS["services"])
PROVIDERS: tuple[tuple[str, str], ...] = tuple((name, npi) for name, npi in _WORDS["providers"])
SENTENCES: tuple[str, ...] = tuple(_WORDS["sentences"])
