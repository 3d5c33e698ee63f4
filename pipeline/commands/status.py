"""`status`: which stages are stale, why, and what would follow from them, in words."""

import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pipeline.commands.dvc import output
from pipeline.settings import PARAMS_FILE

_EDGE = re.compile(r'"([^"]+)" -> "([^"]+)"')

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
    """The stale stages of the project in the order they run. Raises InputError where DVC cannot tell."""
    with ThreadPoolExecutor(2) as both:
        found, graph = both.map(lambda words: output(words, root), (("status", "--json"), ("dag", "--dot")))
    return stale(json.loads(found), edges(graph))


def edges(graph: str) -> list[tuple[str, str]]:
    """Pairs of stages, the one and the next that reads its results, from DVC's graph in the language of dot."""
    return [(first, second) for first, second in _EDGE.findall(graph)]


def stale(found: Mapping[str, Any], graph: Iterable[tuple[str, str]]) -> list[Stale]:
    """The stale stages from what `dvc status --json` says: those it names, and all that follow from them."""
    readers: dict[str, list[str]] = {}
    for first, second in graph:
        readers.setdefault(first, []).append(second)
    follow: dict[str, set[str]] = {}
    queue = list(found)
    while queue:
        first = queue.pop()
        for second in readers.get(first, ()):
            if second not in follow and second not in found:
                queue.append(second)
            follow.setdefault(second, set()).add(first)
    names = [*found, *(name for name in follow if name not in found)]
    return [Stale(name, reasons(found.get(name, ())), tuple(sorted(follow.get(name, ())))) for name in names]


def reasons(parts: Iterable[Any]) -> tuple[Reason, ...]:
    """The reasons in what DVC says of one stage; keys of params.yaml are named one by one."""
    result: list[Reason] = []
    for part in parts:
        if part == "changed command":
            result.append(Reason("command", "its command in dvc.yaml", "modified"))
        elif part == "always changed":
            result.append(Reason("command", "it", "runs every time"))
        elif isinstance(part, Mapping):
            for group, files in part.items():
                kind = "result" if group == "changed outs" else "input"
                for file, change in files.items():
                    if isinstance(change, Mapping):
                        result += [Reason("parameter", f"{file}: {key}", str(how)) for key, how in change.items()]
                    elif kind == "input" and file == PARAMS_FILE:
                        result.append(Reason("parameter", PARAMS_FILE, str(change)))
                    else:
                        result.append(Reason(kind, file, str(change)))
        else:
            result.append(Reason("other", str(part), ""))
    return tuple(result)


def as_json(stages: Iterable[Stale]) -> dict[str, Any]:
    """Plain data: `up_to_date`, and the stale stages with their reasons."""
    listed = [asdict(stage) for stage in stages]
    return {"up_to_date": not listed, "stages": listed}


def as_text(stages: Iterable[Stale]) -> str:
    """A paragraph a stage."""
    lines = []
    for stage in stages:
        lines.append(f"{stage.stage} is stale:")
        lines += [f"  {reason}" for reason in stage.reasons]
        if stage.after:
            lines.append(f"  it reads what {', '.join(stage.after)} will write anew")
    return "\n".join(lines) if lines else "Everything is up to date."
