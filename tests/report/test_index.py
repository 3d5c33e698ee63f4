"""The landing page."""

import dataclasses
from typing import Any, cast

import pandas as pd
import pytest
from frozen_results import shared_for
from report_case import FORMULA, NUMBER_OF_PLANS, PLAN, STAMP, changed

from pipeline.domain import Horizon
from pipeline.report.build import entrance_files
from pipeline.report.facts import SharedFacts, shared_facts
from pipeline.report.index import entrance
from pipeline.report.numbers import LANGUAGES, Language

NESTED = ("china", "hubei", "wuhan", "sichuan", "panzhihua")


def test_a_card_of_the_landing_page_shows_what_exists_and_leads_to_the_map(drawn: SharedFacts) -> None:
    shared = changed(drawn, "atlas", pd.DataFrame({"code": ["411000"]}))
    told = entrance(shared, dict.fromkeys(LANGUAGES, ()), dict.fromkeys(LANGUAGES, ""))
    (chinese, _) = cast(list[dict[str, Any]], told["parts"])
    (card,) = (card for card in chinese["cards"] if card["region"] == "许昌")
    rows = dict(card["lines"])
    assert "（2021年公布数）" in rows["养老床位"]
    assert "没有公布" not in rows["社会工作者"]
    assert rows["社会工作者"].endswith("（C级）")
    assert all(link["why"] for link in chinese["more"])
    assert "atlas/index.html#lang=zh&place=411000" in [link["to"] for link in card["links"]]


@pytest.mark.parametrize("plans", [1, 2, 2 + len(NESTED)])
def test_plans_of_the_nation_a_province_and_its_city_stand_side_by_side(plans: int, drawn: SharedFacts) -> None:
    """Each has its card with its own numbers, none is in a sum, and no page says how many they are."""
    more = [(region, region, Horizon(start=2021, end=2025)) for region in NESTED[: max(0, plans - 2)]]
    shared = shared_for(title=FORMULA, more=more)
    if plans == 1:
        alone = dataclasses.replace(shared.catalogue, plans={PLAN: shared.catalogue.plans[PLAN]})
        shared = shared_facts(alone, shared.settings, shared.tables)
    assert len(shared.plans) == plans

    def shown(facts: SharedFacts) -> list[dict[str, Any]]:
        drafts: dict[Language, str] = dict.fromkeys(LANGUAGES, "")
        return cast("list[dict[str, Any]]", entrance(facts, dict.fromkeys(LANGUAGES, ()), drafts)["parts"])

    for one, both in zip(shown(shared), shown(drawn), strict=True):
        assert one["cards"][:2] == both["cards"][:plans]
        assert len({card["region"] for card in one["cards"]}) == plans
    for content in (content for _, content in entrance_files(shared, STAMP)):
        assert not NUMBER_OF_PLANS.search(content.decode())
