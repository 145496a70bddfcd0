"""The stand-alone copy: embedded PostgreSQL and Valkey, their keys, the processes around them."""
