"""Synthetic data for demonstrations and benchmarks; no person in it ever lived."""
