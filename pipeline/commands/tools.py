"""How the commands call DVC: the program beside this interpreter, in the folder of the project."""

from __future__ import annotations

import os
import sys
from pathlib import Path

DVC = (sys.executable, "-m", "dvc")


def environment() -> dict[str, str]:
    """The environment of stages: this interpreter first in the path, one thread a process, nothing hashed by chance."""
    binaries = str(Path(sys.executable).parent)
    return {
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
        **os.environ,
        "PYTHONHASHSEED": "0",
        "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}",
    }
