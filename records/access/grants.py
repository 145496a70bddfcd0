"""What the application role may change in the tables of custody and rights."""

from audit import grants

grants.register("access_facility", update=True)
grants.register("access_custodyunit", update=True)
grants.register("access_chart", update=["unit_id", "status", "is_restricted"])
grants.register("access_chartunit", delete=True)
grants.register("access_unituserpermission", delete=True)
grants.register("access_unitgrouppermission", delete=True)
grants.register("access_chartuserpermission", delete=True)
grants.register(
    "access_brokenglass",
    update=["closed_at", "reviewed_at", "reviewed_by_id", "review_outcome", "review_note"],
)
grants.register("access_glassnotice", update=["seen_at"])
grants.register(
    "access_accessrequest",
    update=["unit_id", "status", "decided_at", "decided_by_id", "comment", "seen_at"],
)
