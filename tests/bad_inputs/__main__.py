"""Prints every variant with what is said of it; words narrow it down: `python -m tests.bad_inputs wuhan GBK`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from .check import VARIANTS, broken, copy_project, read_once, told_of

with tempfile.TemporaryDirectory() as name, read_once():
    project = copy_project(Path(name) / "project")
    for variant in VARIANTS:
        if not all(word in str(variant) for word in sys.argv[1:]):
            continue
        with broken(project, variant):
            told = told_of(project, variant)
        print(f"# {variant}")
        for message in sorted(told)[:4]:
            print(f"  {message}")
        if len(told) > 4:
            print(f"  … {len(told) - 4} more")
