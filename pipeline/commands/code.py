"""`stages`: the code that each stage depends on, written into dvc.yaml from what its module imports.

A stage names the data it reads, and what it reads of a room with prose; other code follows from its imports, at any
depth: rooms by name, modules at the top and the stage's own by file. Left out is what no number hangs on: how faults
are worded, how work is shared out, and what params.yaml says of its keys (the values are under `params`). A stage
whose outputs git keeps is costly and depends on the files of arithmetic that it imports, and on nothing else: readers
and declarations of tables can be reworded without sampling anew.
"""

import ast
import re
import textwrap
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.commands.dvc import LOCK_FILE
from pipeline.results.write import write_text

PIPELINE_FILE = "dvc.yaml"
ARITHMETIC = ("demography", "models", "care", "shortfall", "model", "axes.py", "random.py", "summary.py")
NO_NUMBER_HANGS_ON = ("errors.py", "processes.py", "settings", "commands")
BY_FILE = ("report", "stages")
"""Rooms of prose, and of stages that do not concern one another: a stage names the files that it uses."""

KEPT_BY_GIT = ("models/posterior/", "models/atlas.npz", "data/backtest/")

WRITTEN = re.compile(r"^( +)(cmd: python -m ([\w.]+).*)\n\1deps: \[([^\]]*)\]$", re.MULTILINE)
"""A stage's margin, its command, the module of it, and what it names."""


def write_code(root: Path) -> list[str]:
    """Put the code of every stage into dvc.yaml and take stages that are gone out of dvc.lock; the files changed.

    DVC reads and writes the whole of dvc.lock with every stage that runs, and forgets none that it once held.
    """
    text = (root / PIPELINE_FILE).read_text(encoding="utf-8")
    written = {PIPELINE_FILE: name_code(root, text)}
    if (root / LOCK_FILE).is_file():
        written[LOCK_FILE] = drop_gone((root / LOCK_FILE).read_text(encoding="utf-8"), stages_of(text))
    changed = [name for name, new in written.items() if new != (root / name).read_text(encoding="utf-8")]
    for name in changed:
        write_text(written[name], root / name)
    return changed


def _stages(text: str) -> dict[str, dict[str, Any]]:
    return yaml.load(text, Loader=yaml.CSafeLoader)["stages"]


def stages_of(text: str) -> set[str]:
    """The names of the stages in the text of dvc.yaml, those of a list with the @ that DVC puts before an item."""
    return {f"{name}@" if "foreach" in stage else name for name, stage in _stages(text).items()}


def costly_stages(text: str) -> list[str]:
    """The stages whose outputs git keeps, so that nobody need run them again, in the order of the text of dvc.yaml."""
    costly = []
    for name, stage in _stages(text).items():
        outs = (next(iter(out)) if isinstance(out, dict) else out for out in stage.get("outs", ()))
        costly += [name] if any(out.startswith(KEPT_BY_GIT) for out in outs) else []
    return costly


def drop_gone(lock: str, names: Collection[str]) -> str:
    """The text of dvc.lock without the stages of other names, each of which begins at the third column."""
    head, *stages = re.split(r"^  (?=\S)", lock, flags=re.MULTILINE)
    return "  ".join([head, *(stage for stage in stages if re.match(r"[^:@]*@?", stage)[0] in names)])  # type: ignore[index]


def name_code(root: Path, text: str) -> str:
    """The text of dvc.yaml in which each stage's `deps` are the data it names and the code it runs."""
    costly = costly_stages(text)

    def renewed(found: re.Match[str]) -> str:
        margin, command, module, listed = found.groups()
        named = [path for path in re.split(r",\s+", listed) if not _is_code(root, path)]
        file = f"{module.replace('.', '/')}.py"
        code = code_of(root, file, arithmetic_alone=Path(file).stem in costly)
        paths = [*named, *(path for path in code if not path.startswith(tuple(f"{folder}/" for folder in named)))]
        deps = f"{margin}deps: [{', '.join(paths)}]"
        wrapped = textwrap.fill(deps, 118, subsequent_indent=f"{margin}  ", break_on_hyphens=False)
        return f"{margin}{command}\n{wrapped}"

    return WRITTEN.sub(renewed, text)


def _is_code(root: Path, path: str) -> bool:
    """Whether the path is one that `code_of` may give, or of code that is gone."""
    parts = path.split("/")
    return parts[0] == "pipeline" and (path.endswith(".py") or parts[1] not in BY_FILE or not (root / path).exists())


def code_of(root: Path, module: str, arithmetic_alone: bool = False) -> list[str]:
    """The rooms and files of code that a stage's module brings in, at any depth; its files where it is costly."""
    seen = [module]
    for path in seen:  # which grows while it is walked
        seen += imports_of(root, path).difference(seen)
    found = {module}
    for path in seen:
        room = path.split("/")[1]
        if arithmetic_alone:
            found |= {path} if room in ARITHMETIC else set()
        elif room not in NO_NUMBER_HANGS_ON:
            found.add(path if room in BY_FILE else f"pipeline/{room}")
    return sorted(found)


@cache
def imports_of(root: Path, path: str) -> frozenset[str]:
    """The modules of the package that a file imports, as paths; of the packages they lie in, those with code."""
    names = set()
    for node in ast.walk(_tree(root / path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    bases = [name.replace(".", "/") for name in names if name.startswith("pipeline.")]
    packages = [root / base / "__init__.py" for base in bases]
    with_code = [file for file in packages if file.is_file() and len(_tree(file).body) > 1]
    modules = [file for file in (root / f"{base}.py" for base in bases) if file.is_file()]
    return frozenset(file.relative_to(root).as_posix() for file in (*with_code, *modules))


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
