"""The run stamp."""

from pipeline.report.stamp import stamp


def lock(**changes):
    """A dvc.lock with a stage before the report, the report itself and a stage that has nothing to do with it."""
    md5 = {"raw": "a", "code": "b", "other": "c", "own": "d"} | changes
    return {
        "stages": {
            "tables": {
                "deps": [{"path": "data/raw", "md5": md5["raw"]}, {"path": "pipeline/inputs", "md5": md5["code"]}],
                "outs": [{"path": "reports/tables/gap.csv", "md5": "x"}],
            },
            "other": {"deps": [{"path": "data/other", "md5": md5["other"]}], "outs": [{"path": "elsewhere"}]},
            "report": {
                "deps": [{"path": "reports/tables", "md5": md5["own"]}],
                "outs": [{"path": "reports/plans", "md5": md5["own"]}],
            },
        }
    }


def test_the_stamp_says_what_the_report_was_made_from_and_nothing_else():
    def made(seed=1, file=b"code", **changes):
        return stamp({"seed": seed}, lock(**changes), ["reports/tables"], {"pipeline/report/a.py": file})

    first = made()
    assert made(other="z", own="z") == first
    assert made(raw="z").inputs != first.inputs
    assert made(code="z").code != first.code
    assert made(file=b"changed").code != first.code
    assert made(seed=2).params != first.params
    assert made(raw="z").code == first.code
    assert {"python", "numpy", "pandas", "pymc"} == set(first.versions)
