import io

import openpyxl
from frozen_results import frozen, shared_for
from report_case import PLAN, STAMP, explored

from pipeline.domain import Horizon
from pipeline.report.build import EXPLORER, entrance_files, explorer_file, workbook_file
from pipeline.report.wording import Words


def test_other_catalogues_make_pages_too():
    """A second plan of a province, the nation's own, a stock of zero and a projection to 2040."""
    plans = [
        ("zhejiang_next", "zhejiang", Horizon(start=2022, end=2026)),
        ("zhejiang_old", "zhejiang", Horizon(start=2011, end=2015)),
        ("national", "china", Horizon(start=2021, end=2025)),
    ]
    rows = frozen("sample").copy()
    rows.loc[(rows["region"] == PLAN) & (rows["series"] == "existing"), "value"] = 0.0
    shared = shared_for(last=2040, more=plans, sample=rows)
    data = explored(dict(explorer_file(shared, STAMP))[EXPLORER].decode())
    found = {region["id"]: (region["plan"], region["ended"]) for region in data["regions"]}
    assert found["zhejiang"] == ("zhejiang_next", False)
    assert found["china"] == ("national", False)
    assert max(data["years"]) == 2040
    place = data["index"]["central"][PLAN]["existing/institution_beds"]
    shown = [data["columns"][column] for column in data["lines"][place]]
    assert shown == [[None], *[[0]] * (len(data["years"]) - 1)], "blank before the first count, and zero is no blank"
    landing = dict(entrance_files(shared, STAMP))
    for page in landing.values():
        text = page.decode()
        assert all(text.count(f"plans/{plan}/en.html") == 1 for plan in shared.catalogue.plans)
        assert "2040" in text
        assert "NaN" not in text
    for plan in ("national", "zhejiang_old"):
        ((_, content),) = workbook_file(shared, STAMP, plan, "zh")
        book, words = openpyxl.load_workbook(io.BytesIO(content)), Words("zh")
        sheet = book[words("sheet.resources")]
        assert sheet.cell(1, sheet.max_column).value == "2040"
        named = {cell.value for cell in sheet["B"]}
        ended = words("yardstick.plan_ended")
        assert (ended in named) == (plan == "zhejiang_old")


def test_the_explorer_tells_unknown_from_zero(files):
    data = explored(files[EXPLORER].decode())
    own = data["index"]["central"][PLAN]
    assert "existing/social_workers" not in own
    assert data["columns"][data["lines"][own["existing/institution_beds"]][-1]][0] > 0
