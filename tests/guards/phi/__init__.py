"""What every column of every table holds, so that nobody adds a sensitive one unseen.

A new field fails the guard until it stands here; what stands here decides what the table must
have (`test_phi_classification`).
"""

from tests.guards.phi.access import ACCESS
from tests.guards.phi.charts import CHARTS
from tests.guards.phi.release import RELEASE
from tests.guards.phi.retention import RETENTION
from tests.guards.phi.trail import TRAIL

# Model: class: its columns.
FIELDS = ACCESS | TRAIL | CHARTS | RELEASE | RETENTION

# Models whose rows give rights: who may what.
RIGHTS = {
    "access.CustodyUnit",
    "access.Chart",
    "access.ChartUnit",
    "access.BrokenGlass",
    "access.UnitUserPermission",
    "access.UnitGroupPermission",
    "access.ChartUserPermission",
    "accounts.User",
    "accounts.User_groups",
}

# Tables with sensitive columns or rights that no trigger follows, and why.
UNTRACKED = {
    "auditlog.LogEntry": "is itself the before and after of tracked rows, and is purged with them",
    "retention.Evaluation": "derived: computed anew every night from rows that are tracked",
}

# Identifiers that screens show before and after, and why.
SHOWN_BEFORE_AND_AFTER = {
    ("patients.Patient", "mrn"): "stands in the banner of every page that shows the history",
}
