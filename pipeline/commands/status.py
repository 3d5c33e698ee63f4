"""`status`: which stages are stale, why, and what would follow from them, in words."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.commands.dvc import output
from pipeline.settings import PARAMS_FILE

_CHANGES = {
    "modified": "was changed",
    "deleted": "is not there",
    "new": "is new",
    "not in cache": "is not in the cache",
    "update available": "was changed",
}


@dataclass(frozen=True)
class Reason:
    """One thing that makes a stage stale: `what` is a file, a key of params.yaml or the command."""

    kind: str
    what: str
    change: str

    def __str__(self) -> str:
        what = f"the result {self.what}" if self.kind == "result" else self.what
        return f"{what} {_CHANGES.get(self.change, self.change)}"


@dataclass(frozen=True)
class Stale:
    """A stage that would run: its own reasons, and the stale stages whose results it reads."""

    stage: str
    reasons: tuple[Reason, ...]
    after: tuple[str, ...]


def status(root: Path) -> list[Stale]:
    """The stale stages of the project. Raises InputError where DVC cannot tell."""
    with ThreadPoolExecutor(2) as both:
        found, graph = both.map(lambda words: output(root, *words), (("status", "--json"), ("dag", "--dot")))
    return stale(json.loads(found), graph)


def stale(found: Mapping[str, Any], graph: str) -> list[Stale]:
    """The stale stages: those that `dvc status --json` names, and all that follow from them in its graph (dot)."""
    edges = re.findall(r'"([^"]+)" -> "([^"]+)"', graph)
    names = list(found)
    for name in names:  # which grows while it is walked
        names += sorted({second for first, second in edges if first == name and second not in names})
    return [
        Stale(
            name,
            tuple(reasons(found.get(name, ()))),
            tuple(sorted({first for first, second in edges if second == name and first in names})),
        )
        for name in names
    ]


def reasons(parts: Iterable[str | Mapping[str, Any]]) -> Iterator[Reason]:
    """The reasons in what DVC says of one stage; keys of params.yaml are named one by one."""
    for part in parts:
        if isinstance(part, str):
            what, change = ("its command in dvc.yaml", "modified") if part == "changed command" else ("it", part)
            yield Reason("command", what, change)
            continue
        for group, files in part.items():
            kind = "result" if group == "changed outs" else "input"
            for file, change in files.items():
                if isinstance(change, Mapping):
                    yield from (Reason("parameter", f"{file}: {key}", str(how)) for key, how in change.items())
                else:
                    yield Reason("parameter" if file == PARAMS_FILE else kind, file, str(change))


def as_text(stages: Iterable[Stale]) -> str:
    """A paragraph a stage."""
    lines = []
    for stage in stages:
        lines += [f"{stage.stage} is stale:", *(f"  {reason}" for reason in stage.reasons)]
        if stage.after:
            lines.append(f"  it reads what {', '.join(stage.after)} will write anew")
    return "\n".join(lines) if lines else "Everything is up to date."
