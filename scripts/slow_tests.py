"""Whether the slow tests have passed with the models as they are.

Prints `passed` where tests/slow_passed.txt holds the digest of what the slow tests are about, otherwise `due`. With
`digest`, prints the digest; with `stamp DIGEST`, writes it into that file, as `make test-slow` does once all have
passed, unless something was changed while they ran.
"""

import hashlib
import json
import sys
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
STAMP = ROOT / "tests/slow_passed.txt"
ABOUT = """\
# What the slow tests last passed with: a digest of the models' code, the tests themselves, the locked packages and the
# priors in params.yaml. `make test-slow` writes it; where it differs, `.ci/run` runs the slow tests again.
"""


def tested() -> list[Path]:
    """The files that the slow tests are about, in order, wherever the project lies."""
    marked = [path for path in (ROOT / "tests").rglob("test_*.py") if "mark.slow" in path.read_text(encoding="utf-8")]
    helpers = [ROOT / "tests/calibration.py", ROOT / "tests/conftest.py"]
    code = [*(ROOT / "pipeline/models").rglob("*.py"), ROOT / "pipeline/random.py", ROOT / "pipeline/model/fits.py"]
    return sorted([*code, *marked, *helpers, ROOT / "requirements.lock"])


def digest() -> str:
    """SHA-256 over names and contents of the files, and the values of the priors."""
    found = hashlib.sha256()
    for path in tested():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(ROOT).as_posix()} {content}\n".encode())
    priors = YAML(typ="safe").load(ROOT / "params.yaml")["priors"]
    found.update(json.dumps(priors, sort_keys=True).encode())
    return found.hexdigest()


def main(arguments: list[str]) -> None:
    now = digest()
    match arguments:
        case []:
            stamped = STAMP.read_text(encoding="utf-8").splitlines()[-1:] if STAMP.is_file() else []
            print("passed" if stamped == [now] else "due")
        case ["digest"]:
            print(now)
        case ["stamp", before] if before == now:
            STAMP.write_text(f"{ABOUT}{now}\n", encoding="utf-8")
        case ["stamp", _]:
            sys.exit("slow_tests: something was changed while the tests ran; run them again")
        case _:
            sys.exit("usage: slow_tests.py [digest | stamp DIGEST]")


if __name__ == "__main__":
    main(sys.argv[1:])
