"""Everything that reads or draws an uploaded file, in processes that can do no harm.

Use `records.documents.sandbox.operations`. This file stays empty of imports: the child's side
is imported without Django.
"""
