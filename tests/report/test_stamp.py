from pipeline.report.stamp import stamp


def lock(**changes):
    """A dvc.lock with a stage before the report, the report itself and a stage that has nothing to do with it."""
    md5 = {"raw": "a", "code": "b", "other": "c", "own": "d"} | changes
    stages = {
        "tables": ({"data/raw": md5["raw"], "pipeline/inputs": md5["code"]}, {"reports/tables/gap.csv": "x"}),
        "other": ({"data/other": md5["other"]}, {"elsewhere": "y"}),
        "report": ({"reports/tables": md5["own"]}, {"reports/plans": md5["own"]}),
    }

    def listed(files):
        return [{"path": path, "md5": digest} for path, digest in files.items()]

    return {"stages": {name: {"deps": listed(deps), "outs": listed(outs)} for name, (deps, outs) in stages.items()}}


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
