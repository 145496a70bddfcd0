"""The words of the notices that go with released copies, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from requests_release.enums import Notice


@dataclass(frozen=True)
class NoticeText:
    """The words of a notice while they are in force."""

    notice: Notice
    variant: str
    text: str
    cite: str
    verified_on: date


NOTICES = {
    row.notice: row
    for row in (
        NoticeText(
            Notice.PART2_PROHIBITION,
            "SHORT",
            "42 CFR part 2 prohibits unauthorized use or disclosure of these records.",
            "42 CFR 2.32(a)(2)",
            date(2026, 11, 22),
        ),
        NoticeText(
            Notice.STATE_REDISCLOSURE,
            "LONG",
            "These copies hold information that state law protects with particular care. You may "
            "not disclose it any further without the specific written consent of the person whom "
            "it concerns, or as the law otherwise permits. A general authorization for the "
            "release of medical information is not sufficient for this purpose.",
            "state law; 45 CFR 160.203",
            date(2026, 11, 22),
        ),
    )
}
FOOT = {
    Notice.PART2_PROHIBITION: NOTICES[Notice.PART2_PROHIBITION].text,
    Notice.STATE_REDISCLOSURE: "Protected by state law: no further disclosure without consent.",
}
STANDING = (
    "These copies were released for the purpose stated above. Information that has been disclosed "
    "may be disclosed again by its recipient and may then no longer be protected.",
    "If this reached you by mistake, do not read it: call the records department at once.",
)
