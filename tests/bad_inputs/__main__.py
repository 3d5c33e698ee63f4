"""Prints variants with what is said of them; words narrow down: `PYTHONPATH=tests python -m bad_inputs wuhan GBK`."""

import sys
import tempfile
from pathlib import Path

from defaults import copy_inputs

from .check import VARIANTS, read_once, told_of

with tempfile.TemporaryDirectory() as name, read_once():
    project = copy_inputs(Path(name) / "project")
    for variant in VARIANTS:
        if not all(word in str(variant) for word in sys.argv[1:]):
            continue
        told = told_of(project, variant)
        print(f"# {variant}")
        for message in sorted(told)[:4]:
            print(f"  {message}")
        if len(told) > 4:
            print(f"  … {len(told) - 4} more")
