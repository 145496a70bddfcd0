"""Names of the permissions that roles carry in this room."""

OPEN_CHART = "access.open_chart"
GRANT_CHART = "access.grant_chart"
MOVE_CHART = "access.move_chart"
BREAK_GLASS = "access.break_glass"
VIEW_BROKEN_GLASS = "access.view_broken_glass"
REVIEW_BROKEN_GLASS = "access.review_broken_glass"
MANAGE_UNITS = "access.manage_units"
