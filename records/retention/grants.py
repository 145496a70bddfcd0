"""What the application role may change in the tables of retention; nothing is ever deleted."""

from audit import grants

grants.register("retention_schedulerule", update=["effective_to", "verified_on", "certainty"])
grants.register("retention_ageofmajority", update=["effective_to", "verified_on"])
grants.register("retention_hold", update=["remind_on", "lifted_at", "lifted_by_id", "lift_reason"])
grants.register("retention_holdpatient", update=["lifted_at", "lifted_by_id"])
grants.register("retention_evaluation", update=True, delete=True)
grants.register("retention_duecount", update=True, delete=True)
grants.register(
    "retention_batch",
    update=[
        "status",
        "round",
        "note",
        "digest",
        "item_count",
        "proposed_at",
        "first_approved_at",
        "first_approved_by_id",
        "second_approved_at",
        "second_approved_by_id",
        "not_before",
        "started_at",
        "started_by_id",
        "closed_at",
    ],
)
grants.register(
    "retention_batchitem",
    update=["outcome", "outcome_reason", "held_by_id", "decided_at", "bytes_removed_at"],
)
