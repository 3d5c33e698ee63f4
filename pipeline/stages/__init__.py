"""Stages of dvc.yaml: each reads, calls one function, writes. Run as `python -m pipeline.stages.<name>`."""
