"""Which stages are stale, why, and what follows from them."""

import json
from pathlib import Path

import pytest
from command_line import called
from smoke import edit

from pipeline.commands.status import as_text, stale, status
from pipeline.errors import InputError

FOUND = {
    "fit": [
        {"changed deps": {"params.yaml": {"seed": "modified", "draws": "new"}, "pipeline/models": "modified"}},
        {"changed outs": {"models/posterior": "deleted"}},
    ],
    "report": ["changed command"],
}
GRAPH = 'strict digraph {\n"fit";\n"gap";\n"report";\n"fit" -> "gap";\n"gap" -> "report";\n}'


def test_status_says_why_a_stage_is_stale_and_what_follows() -> None:
    stages = {item.stage: item for item in stale(FOUND, GRAPH)}
    assert [str(reason) for reason in stages["fit"].reasons] == [
        "params.yaml: seed was changed",
        "params.yaml: draws is new",
        "pipeline/models was changed",
        "the result models/posterior is not there",
    ]
    assert stages["fit"].after == ()
    assert (stages["gap"].reasons, stages["gap"].after) == ((), ("fit",))
    assert [str(reason) for reason in stages["report"].reasons] == ["its command in dvc.yaml was changed"]
    assert stages["report"].after == ("gap",)
    text = as_text(stages.values())
    assert "gap is stale:\n  it reads what fit will write anew" in text
    assert as_text([]) == "Everything is up to date."


def test_status_of_a_pipeline_names_the_parameter(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(small)
    assert status(Path()) == []
    edit(small / "params.yaml", "draws: 4", "draws: 6")
    code, said, _ = called("status", "--json")
    edit(small / "params.yaml", "draws: 6", "draws: 4")
    reason = {"kind": "parameter", "what": "params.yaml: draws", "change": "modified"}
    assert code == 0
    assert json.loads(said) == {
        "up_to_date": False,
        "stages": [
            {"stage": "first", "reasons": [reason], "after": []},
            {"stage": "last", "reasons": [], "after": ["first"]},
        ],
    }


@pytest.mark.parametrize("record", ["{{{", "", 'schema: "2.0"\nstages: 5\n'])
def test_a_record_that_cannot_be_read_is_named(small: Path, record: str) -> None:
    file = small / "dvc.lock"
    kept = file.read_text()
    file.write_text(record)
    with pytest.raises(InputError) as raised:
        status(small)
    file.write_text(kept)
    assert str(raised.value) == (
        "dvc.lock: found text that DVC cannot read, expected the record of a run; the next run sets this aside"
    )
