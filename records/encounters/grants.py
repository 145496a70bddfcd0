"""What the application role may change in the tables of encounters."""

from audit import grants

grants.register("encounters_provider", update=True)
grants.register(
    "encounters_encounter",
    update=[
        "patient_id",
        "unit_id",
        "kind",
        "status",
        "started_at",
        "ended_at",
        "attending_id",
        "service",
        "location",
        "reason",
        "disposition",
        "version",
    ],
)
