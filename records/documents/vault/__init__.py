"""The vault: documents' bytes, each encrypted under a key of its own.

`keys` wraps the keys, `files` keeps and reads, `storages` and `s3` are the places, `checks` finds
what is damaged, missing or left over.
"""
