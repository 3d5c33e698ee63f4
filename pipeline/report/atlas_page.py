"""The atlas as one page in both languages, from its table alone; it carries its data and fetches nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.domain import Region
from pipeline.models.counties.matching import LEVELS
from pipeline.models.counties.model import AGES
from pipeline.pinyin import pinyin_of
from pipeline.report.render import interactive_page
from pipeline.report.wording import LANGUAGES, Words
from pipeline.results.tables import ADDED, MEASURES, NORMS, SHARE

START = "110000"
THOUSANDTHS = 1000
FEWEST = 20
"""Places of which a score is shown: of fewer it would say nothing."""

SCORED = ("mape", "coverage_80")
SIGNS = "0123456789,.−–%[] 万亿m·，、：/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzüÜ()"
TEXTS = ("draft.mark", "nav.home", "nav.other", "nav.skip")

TILE_MAP = """
 .       .       .       .       .         .       .       .      23黑HL
 .       .       .       .       .         .       .       .      22吉JL
65新XJ   .       .       .       .    15内蒙古NM  11京BJ  12津TJ  21辽LN
 .     63青QH  62甘GS  64宁NX  61陕SN    14晋SX  13冀HE  37鲁SD   .
54藏XZ   .     51川SC  50渝CQ  42鄂HB    41豫HA  34皖AH  32苏JS  31沪SH
 .       .     53滇YN  52黔GZ  43湘HN      .     36赣JX  33浙ZJ   .
 .       .       .       .     45桂GX    44粤GD  35闽FJ   .       .
 .       .       .       .       .       46琼HI   .       .       .
"""
"""Provinces as tiles: code of GB/T 2260, sign in Chinese, letters of ISO 3166-2:CN."""

TILES: Mapping[str, tuple[str, str, tuple[int, int]]] = {
    f"{code}0000": (sign, letters, (column, row))
    for row, line in enumerate(TILE_MAP.strip("\n").split("\n"), 1)
    for column, cell in enumerate(line.split(), 1)
    for code, sign, letters in re.findall(r"(\d\d)([^A-Z]+)([A-Z]+)", cell)
}
"""Sign, letters, and column and row from 1, by the code of a province."""


def atlas_page(
    table: pd.DataFrame,
    scores: pd.DataFrame,
    unmatched: Mapping[str, str],
    regions: Mapping[str, Region],
    norms: Mapping[str, float],
    stocks: Mapping[str, Mapping[str, tuple[str, float, str]]],
    draws: int,
    *,
    as_of: int,
    draft: bool,
) -> bytes:
    """The page from the tables `atlas_places` and `atlas_scores`; additions begin after the year `as_of`.

    `unmatched` why the past of a place is not known, by code; `norms` per person of 60 and over;
    `stocks` what is published behind a status quo, by code and measure: date, value and unit.
    """
    years = sorted(int(year) for year in table.loc[table["measure"] == SHARE, "year"].unique())
    year = int(table.loc[table["measure"].isin(ADDED), "year"].iloc[0])
    provinces = [
        {
            "id": name,
            "code": region.gb_code,
            **region.name.model_dump(),
            **dict(zip(("short", "letters", "tile"), TILES[str(region.gb_code)], strict=True)),
        }
        for name in table.sort_values("code")["province"].unique()
        for region in [regions[name]]
    ]
    texts = {
        words.language: {
            key: words.template(key).replace("{from}", str(as_of + 1)).replace("{to}", str(year))
            for key in (*words.beginning("atlas."), *TEXTS)
        }
        for words in map(Words, LANGUAGES)
    }
    best = scores.query("method == 'model' and kind == 'counties' and size == 'all' and age_group == '60+'").iloc[0]
    data = {
        "old": "atlas.old_browser",
        "years": years,
        "year": year,
        "measures": list(MEASURES),
        "norms": dict(norms),
        "levels": list(LEVELS),
        "start": START,
        "provinces": provinces,
        "stocks": stocks,
        "unmatched": unmatched,
        "scores": score_rows(scores),
        "method": {"draws": f"{draws:,}", "mape": f"{best['mape']:.1f}", "cover": f"{best['coverage_80']:.0f}"},
    }
    names = [province[key] for province in provinces for key in ("zh", "en", "short")]
    more = [*table["name_zh"].unique(), *names, SIGNS]
    return interactive_page("atlas", texts, more, packed_values(table, years), data, draft=draft)


def score_rows(scores: pd.DataFrame) -> list[list[Any]]:
    """Kind, size and number of places, and error and coverage of each age group, of the model itself."""
    own = scores[scores["method"] == "model"].set_index("age_group")
    ages = [age for age in AGES if age in own.index]
    return [
        [kind, size, int(places["60+"]), *rows.loc[ages, list(SCORED)].to_numpy(dtype=float).ravel().tolist()]
        for (kind, size), rows in own.groupby(["kind", "size"], sort=False)
        if (places := rows["places"].to_dict())["60+"] >= FEWEST
    ]


def packed_values(table: pd.DataFrame, years: Sequence[int]) -> dict[str, Any]:
    """Places, and by measure and year their medians and distances to the ends of the intervals."""
    places = table.drop_duplicates("code").sort_values("code", ignore_index=True)
    rows = dict(iter(table.groupby(["measure", "year"])))
    listed = places.assign(
        pinyin=places["name_zh"].map(pinyin_of),
        level=places["level"].map(LEVELS.index),
        province=pd.factorize(places["province"])[0],
        prefecture=places["prefecture"].fillna(""),
    )
    return {
        "places": listed[["code", "name_zh", "pinyin", "level", "province", "prefecture"]].to_numpy().tolist(),
        "values": {
            name: [_column(rows[name, year], places["code"]) if (name, year) in rows else None for year in years]
            for name in MEASURES
            if name not in NORMS
        },
    }


def _column(rows: pd.DataFrame, codes: pd.Series) -> list[list[int | None]]:
    """Medians and distances to both ends by place, shares in thousandths, None where nothing is known."""
    factor = THOUSANDTHS if rows["measure"].iloc[0] == SHARE else 1
    ends = (rows.set_index("code")[["q10", "median", "q90"]] * factor).round().reindex(codes)
    parts = ends["median"], ends["median"] - ends["q10"], ends["q90"] - ends["median"]
    return [[None if number != number else int(number) for number in part.tolist()] for part in parts]
