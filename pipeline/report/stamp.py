"""The run stamp: what a report was made from, by hashes that DVC keeps, and nothing of when or where."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from pipeline.errors import Fault, InputError

LOCK_FILE = "dvc.lock"
CODE_FOLDER = "pipeline"
PACKAGES = ("numpy", "pandas", "pymc")
SHOWN = 12
"""Characters of a hash that a report shows."""


@dataclass(frozen=True)
class Stamp:
    """Hashes of parameters, inputs and code, and the versions that bear on results."""

    params: str
    inputs: str
    code: str
    versions: Mapping[str, str]


def stamp(params: object, lock: Mapping[str, Any], results: Iterable[str], own_code: Mapping[str, bytes]) -> Stamp:
    """The stamp of a run from the values of params.yaml and the content of dvc.lock.

    Only stages count that lead to `results` (paths that the report reads). Inputs are dependencies that no stage makes.
    `own_code` holds the report's own files by path, whose hashes dvc.lock only gets after the report is made.
    """
    upstream = _upstream(lock.get("stages", {}), results)
    outputs = [out["path"] for stage in upstream for out in stage.get("outs", ())]
    read = {dep["path"]: dep.get("md5", "") for stage in upstream for dep in stage.get("deps", ())}
    hashes = {path: hashlib.md5(text).hexdigest() for path, text in own_code.items()}
    hashes |= {path: md5 for path, md5 in read.items() if not any(_overlap(path, out) for out in outputs)}
    lines = {True: "", False: ""}
    for path, md5 in sorted(hashes.items()):
        lines[path.split("/")[0] == CODE_FOLDER] += f"{path} {md5}\n"
    values = json.dumps(params, sort_keys=True, ensure_ascii=False, default=str)
    versions = {"python": ".".join(platform.python_version_tuple()[:2])} | {name: version(name) for name in PACKAGES}
    texts = values, lines[False].strip(), lines[True].strip()
    of_params, of_inputs, of_code = (hashlib.sha256(text.encode()).hexdigest()[:SHOWN] for text in texts)
    return Stamp(of_params, of_inputs, of_code, versions)


def read_lock(root: Path) -> Mapping[str, Any]:
    """dvc.lock as a mapping; InputError where there is none."""
    path = root / LOCK_FILE
    if not path.is_file():
        raise InputError([Fault(LOCK_FILE, "", "no file", "the record that dvc repro keeps of the stages before")])
    content: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return content


def _upstream(stages: Mapping[str, Any], results: Iterable[str]) -> list[Mapping[str, Any]]:
    wanted, found = list(results), set()
    while wanted:
        path = wanted.pop()
        for name, stage in stages.items():
            if name not in found and any(_overlap(path, str(out["path"])) for out in stage.get("outs", ())):
                found.add(name)
                wanted += [str(dependency["path"]) for dependency in stage.get("deps", ())]
    return [stages[name] for name in sorted(found)]


def _overlap(one: str, other: str) -> bool:
    return PurePosixPath(one).is_relative_to(other) or PurePosixPath(other).is_relative_to(one)
