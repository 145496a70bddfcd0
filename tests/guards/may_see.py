"""Who asks for pages of the world, and what of it each may be shown."""

from __future__ import annotations

from records.access.enums import SensitivityClass

CARE, SECRET = SensitivityClass.HIV, SensitivityClass.PSYCHNOTE
# Who may see which area of whom. `directory` is the line that search shows; `chart` the rest.
IN_MAIN = {"clerk", "supervisor", "compliance", "keeper", "second_keeper"}
SEARCHERS = IN_MAIN | {"provider", "doctor", "bh_clerk", "sud_clerk", "stranger"}
HOLDS_SEEN_BY = IN_MAIN | {"bh_clerk", "sud_clerk", "stranger"}
MAY_SEE: dict[tuple[str, str], set[str]] = {
    ("VISIBLE", "directory"): SEARCHERS,
    ("VISIBLE", "chart"): IN_MAIN | {"provider"},
    ("VISIBLE", CARE): {"provider", "keeper", "second_keeper"},
    ("VISIBLE", SECRET): {"keeper", "second_keeper"},
    ("OTHER", "directory"): SEARCHERS,
    ("OTHER", "chart"): {"bh_clerk", "doctor"},
    # Compliance reviews every emergency access, and why the glass was broken.
    ("OTHER", "glass"): {"bh_clerk", "doctor", "compliance"},
    # Why somebody asks for access, and why not: who may decide, and who asked.
    ("VISIBLE", "access"): {
        "supervisor",
        "keeper",
        "second_keeper",
        "stranger",
        "bh_clerk",
        "doctor",
    },
    ("OTHER", "access"): {"stranger"},
    ("HIDDEN", "directory"): {"sud_clerk"},
    ("HIDDEN", "chart"): {"sud_clerk"},
    ("DUE", "directory"): SEARCHERS,
    ("DUE", "chart"): IN_MAIN,
    ("LATE", "directory"): SEARCHERS,
    ("LATE", "chart"): IN_MAIN,
    ("GONE", "directory"): SEARCHERS,
    ("GONE", "chart"): IN_MAIN,
    ("MAIN_FILE", "unfiled"): IN_MAIN,
    ("PROGRAMME_FILE", "unfiled"): {"sud_clerk"},
    # Names of matters are written for everybody who works on retention; see the form's help text.
    ("HOLD", "matter"): HOLDS_SEEN_BY,
}
# Who asks for pages; the others only built the world.
ASKERS = (
    "clerk",
    "supervisor",
    "compliance",
    "keeper",
    "provider",
    "doctor",
    "administrator",
    "bh_clerk",
    "sud_clerk",
    "stranger",
    "nobody",
)
# Pages on which oversight names patients of any unit, by number and name alone.
OVERSIGHT = ("audit:",)
