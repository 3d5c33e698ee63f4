"""What dvc.yaml runs: a stage reads, puts together what it alone does, and writes; `model` has what several share."""

import os

# Sums differ in their last digits with the number of threads, and a digit makes every later stage stale: a bare
# `dvc repro` has to count like `make repro`. Read by numpy when it is imported, after this.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
