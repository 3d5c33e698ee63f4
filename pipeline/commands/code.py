"""`stages`: the files of code that each stage depends on, written into dvc.yaml from what its module imports.

A stage names the data it reads; the code follows from its imports, at any depth. Left out is what no number hangs on:
how faults are worded, and what params.yaml says of its keys (the values themselves are under `params`). A stage whose
outputs git keeps is costly and depends on arithmetic alone: readers and declarations of tables can be reworded
without sampling anew.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.results.write import write_text

PIPELINE_FILE = "dvc.yaml"
LOCK_FILE = "dvc.lock"
ARITHMETIC = ("demography", "models", "care", "shortfall", "model", "axes.py", "random.py", "summary.py")
NO_NUMBER_HANGS_ON = ("errors.py", "settings", "commands")
KEPT_BY_GIT = ("models/posterior/", "models/atlas.npz", "data/backtest/")
ROOMS = ("pipeline/care", "pipeline/demography", "pipeline/documents", "pipeline/results", "pipeline/shortfall")
"""Folders that are named whole, whatever of them is brought in: small, and of one matter."""

MOST, MOST_OF_NESTED = 0.25, 0.8
"""The share of the modules of another folder, or of one with folders in it, for which it is named instead."""

WIDTH = 118


def write_code(root: Path) -> list[str]:
    """Put the code of every stage into dvc.yaml and take stages that are gone out of dvc.lock; the files changed.

    DVC reads and writes the whole of dvc.lock with every stage that runs, and forgets none that it once held.
    """
    changed = []
    text = (root / PIPELINE_FILE).read_text(encoding="utf-8")
    written = {PIPELINE_FILE: with_code(root, text)}
    if (root / LOCK_FILE).is_file():
        written[LOCK_FILE] = without_gone((root / LOCK_FILE).read_text(encoding="utf-8"), stages_of(text))
    for name, new in written.items():
        if new != (root / name).read_text(encoding="utf-8"):
            write_text(new, root / name)
            changed.append(name)
    return changed


def stages_of(text: str) -> set[str]:
    """The names of the stages in the text of dvc.yaml, those of a list with the @ that DVC puts before an item."""
    stages = yaml.load(text, Loader=yaml.CSafeLoader)["stages"]
    return {f"{name}@" if "foreach" in stage else name for name, stage in stages.items()}


def costly_stages(text: str) -> list[str]:
    """The stages whose outputs git keeps, so that nobody need run them again, in the order of the text of dvc.yaml."""
    stages = yaml.load(text, Loader=yaml.CSafeLoader)["stages"]
    return [name for name, stage in stages.items() if any(map(_kept, stage.get("outs", ())))]


def _kept(out: str | dict[str, Any]) -> bool:
    return (out if isinstance(out, str) else next(iter(out))).startswith(KEPT_BY_GIT)


def without_gone(lock: str, names: Collection[str]) -> str:
    """The text of dvc.lock without the stages of other names, each of which begins at the second column."""
    kept, known = [], True
    for line in lock.splitlines(keepends=True):
        if re.match(r" {0,2}\S", line):
            known = not line.startswith(" ") or re.sub("@.*", "@", line.strip().rstrip(":")) in names
        if known:
            kept.append(line)
    return "".join(kept)


def with_code(root: Path, text: str) -> str:
    """The text of dvc.yaml in which each stage's `deps` are the data it names and the code it runs."""
    lines = text.splitlines()
    stages = next(value for key, value in yaml.compose(text, Loader=yaml.CSafeLoader).value if key.value == "stages")
    for _, stage in reversed(stages.value):
        body = next((value for key, value in stage.value if key.value == "do"), stage)
        keys = [key for key, _ in body.value]
        place = next(n for n, key in enumerate(keys) if key.value == "deps")
        start = keys[place].start_mark.line
        listed = body.value[place][1]
        end = (listed if listed.flow_style else listed.value[-1]).end_mark.line + 1
        command = next(value.value for key, value in body.value if key.value == "cmd")
        outs: list[Any] = next((value.value for key, value in body.value if key.value == "outs"), [])
        code = code_of(root, module_of(command), any(_path(out).startswith(KEPT_BY_GIT) for out in outs))
        data = [dep.value for dep in listed.value if not _is_code(root, dep.value)]
        lines[start:end] = _flow(" " * keys[place].start_mark.column, [*data, *code])
    return "\n".join(lines) + "\n"


def _is_code(root: Path, path: str) -> bool:
    """Whether the path is that of a module or of a folder of modules, and none of templates or messages."""
    inside = path.startswith("pipeline/")
    return inside and (path.endswith(".py") or any((root / path).glob("*.py")) or not (root / path).exists())


def module_of(command: str) -> str:
    """The file of the module that a stage's command runs."""
    found = re.search(r"-m ([\w.]+)", command)
    if found is None:
        raise ValueError(f"{PIPELINE_FILE}: {command!r} runs no module of the pipeline")
    return f"{found[1].replace('.', '/')}.py"


def code_of(root: Path, module: str, arithmetic_alone: bool = False) -> list[str]:
    """The files of code that a stage's module brings in, at any depth; a folder where all of it is brought in."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += imported(root, path)
    found = {path for path in seen if _counts(path, arithmetic_alone)} | {module}
    return sorted(_folders(root, found, arithmetic_alone))


def _counts(path: str, arithmetic_alone: bool) -> bool:
    room = Path(path).parts[1]
    return room in ARITHMETIC if arithmetic_alone else room not in NO_NUMBER_HANGS_ON


def _folders(root: Path, files: set[str], arithmetic_alone: bool) -> Iterator[str]:
    """The files, or a folder in the place of enough of its files; a module without content counts for neither."""
    packages = {file for file in files if file.endswith("/__init__.py")}
    empty = {file for file in packages if len(ast.parse((root / file).read_text(encoding="utf-8")).body) <= 1}
    left = files - empty
    above = {parent.as_posix() for file in left for parent in Path(file).parents if len(parent.parts) > 1}
    for folder in [] if arithmetic_alone else sorted(above):
        mine = {file for file in left if file.startswith(f"{folder}/")}
        there = [path for path in (root / folder).rglob("*.py") if path.name != "__init__.py"]
        nested = any(path.parent != root / folder for path in there)
        share = 0.0 if folder in ROOMS else MOST_OF_NESTED if nested else MOST
        if len(mine) > share * len(there):
            yield folder
            left -= mine
    yield from left


@cache
def imported(root: Path, path: str) -> frozenset[str]:
    """The modules of the package that a file imports, as paths, the packages they lie in too."""
    names = set()
    for node in ast.walk(ast.parse((root / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    bases = {name.replace(".", "/") for name in names if name.startswith("pipeline.")}
    paths = {f"{base}.py" for base in bases} | {f"{base}/__init__.py" for base in bases}
    return frozenset(found for found in paths if (root / found).is_file())


def _path(out: Any) -> str:
    return str(out.value if isinstance(out, yaml.ScalarNode) else out.value[0][0].value)


def _flow(margin: str, paths: Iterable[str]) -> list[str]:
    """`deps` as one list in brackets, wrapped."""
    lines, line = [], f"{margin}deps: ["
    for path in paths:
        cell = f'"{path}"' if "${" in path else path
        if len(line) + len(cell) + 2 > WIDTH:
            lines.append(line.rstrip())
            line = f"{margin}  "
        line += f"{cell}, "
    return [*lines, f"{line.rstrip(', ')}]"]
