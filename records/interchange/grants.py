"""What the application role may change in the tables of imports."""

from audit import grants

grants.register(
    "interchange_importeditem",
    update=[
        "source_key",
        "object_id",
        "source_hash",
        "source_sha256",
        "digests",
        "aliases",
        "label",
        "run_id",
        "last_imported_at",
        "kind",
        "patient_id",
    ],
)
grants.register("interchange_importrun", update=True)
grants.register("interchange_importupload", update=["content", "done_at"])
