"""How typed dates are read; see `en/formats.py`."""
