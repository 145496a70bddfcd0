"""Dates as people here type and read them; two-digit years are refused, they guess a century."""

DATE_FORMAT = SHORT_DATE_FORMAT = "M j, Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "M j, Y, H:i"
TIME_FORMAT = "H:i"
MONTH_DAY_FORMAT = "M j"
YEAR_MONTH_FORMAT = "M Y"
FIRST_DAY_OF_WEEK = 0
DATE_INPUT_FORMATS = [
    "%m/%d/%Y",
    "%Y-%m-%d",
    "%b %d, %Y",
    "%b %d %Y",
    "%B %d, %Y",
    "%B %d %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%m-%d-%Y",
    "%m.%d.%Y",
    "%m%d%Y",
    "%Y%m%d",
]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%H%M", "%I:%M %p", "%I:%M%p", "%I %p"]
DATETIME_INPUT_FORMATS = [
    f"{day}{gap}{time}"
    for day in DATE_INPUT_FORMATS
    for gap in (" ", "T", ", ")
    for time in TIME_INPUT_FORMATS[:4]
]
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
