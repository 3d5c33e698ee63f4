"""The atlas as one page in both languages, from its table alone; it carries its data and fetches nothing."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from pipeline.domain import Region
from pipeline.models.counties.cases import AGES
from pipeline.models.counties.matching import LEVELS
from pipeline.pinyin import pinyin_of
from pipeline.report.numbers import LANGUAGES
from pipeline.report.render import pack, page
from pipeline.report.wording import Words
from pipeline.results.tables.atlas_table import ADDED, MEASURES, NORMS, SHARE, STATUS_QUO

START = "110000"
THOUSANDTHS = 1000
FEWEST = 20
"""Places of which a score is shown: of fewer it would say nothing."""

SCORED = ("mape", "coverage_80")
HELD = "added_status_quo_beds"
SIGNS = "0123456789,.−–%[] 万亿m·，、：/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzüÜ()"
TEXTS = ("draft.mark", "nav.home", "nav.other", "nav.skip")

TILES: Mapping[str, tuple[str, str, int, int]] = {
    "heilongjiang": ("黑", "HL", 9, 1),
    "jilin": ("吉", "JL", 9, 2),
    "xinjiang": ("新", "XJ", 1, 3),
    "inner_mongolia": ("内蒙古", "NM", 6, 3),
    "beijing": ("京", "BJ", 7, 3),
    "tianjin": ("津", "TJ", 8, 3),
    "liaoning": ("辽", "LN", 9, 3),
    "qinghai": ("青", "QH", 2, 4),
    "gansu": ("甘", "GS", 3, 4),
    "ningxia": ("宁", "NX", 4, 4),
    "shaanxi": ("陕", "SN", 5, 4),
    "shanxi": ("晋", "SX", 6, 4),
    "hebei": ("冀", "HE", 7, 4),
    "shandong": ("鲁", "SD", 8, 4),
    "tibet": ("藏", "XZ", 1, 5),
    "sichuan": ("川", "SC", 3, 5),
    "chongqing": ("渝", "CQ", 4, 5),
    "hubei": ("鄂", "HB", 5, 5),
    "henan": ("豫", "HA", 6, 5),
    "anhui": ("皖", "AH", 7, 5),
    "jiangsu": ("苏", "JS", 8, 5),
    "shanghai": ("沪", "SH", 9, 5),
    "yunnan": ("滇", "YN", 3, 6),
    "guizhou": ("黔", "GZ", 4, 6),
    "hunan": ("湘", "HN", 5, 6),
    "jiangxi": ("赣", "JX", 7, 6),
    "zhejiang": ("浙", "ZJ", 8, 6),
    "guangxi": ("桂", "GX", 5, 7),
    "guangdong": ("粤", "GD", 6, 7),
    "fujian": ("闽", "FJ", 7, 7),
    "hainan": ("琼", "HI", 6, 8),
}
"""Provinces as tiles: sign in Chinese, letters of ISO 3166-2:CN, column and row from 1."""


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
    """The page from the tables `ATLAS_PLACES` and `ATLAS_SCORES`; additions begin after the year `as_of`.

    `unmatched` why the past of a place is not known, by code; `norms` per person of 60 and over;
    `stocks` what is published behind a status quo, by code and measure: date, value and unit.

    Raises MissingMessage or MissingGlyph where the page asks for what is not there.
    """
    words, data = {language: Words(language) for language in LANGUAGES}, page_data(table, regions, norms)
    texts = {
        language: {
            key: said.template(key).replace("{from}", str(as_of + 1)).replace("{to}", str(data["year"]))
            for key in (*said.beginning("atlas."), *TEXTS)
        }
        for language, said in words.items()
    }
    data |= {"stocks": stocks, "unmatched": unmatched, "scores": score_rows(scores)}
    best = scores[(scores["method"] == "model") & (scores["kind"] == "counties") & (scores["size"] == "all")]
    row = best[best["age_group"] == "60+"].iloc[0]
    method = {"draws": f"{draws:,}", "mape": f"{row['mape']:.1f}", "cover": f"{row['coverage_80']:.0f}"}
    said = [text for by_key in texts.values() for text in by_key.values()]
    said += list(table["name_zh"].unique())
    said += [text for province in data["provinces"] for text in (province["zh"], province["en"], province["short"])]
    return page(
        "atlas.html.j2",
        [*said, SIGNS],
        topic="atlas",
        text=texts["zh"],
        words=texts,
        draft=draft,
        data=data | {"texts": texts, "method": method, "old": "atlas.old_browser"},
    ).encode()


def score_rows(scores: pd.DataFrame) -> list[list[Any]]:
    """Kind, size and number of places, and error and coverage of each age group, of the model itself."""
    own = scores[scores["method"] == "model"].set_index("age_group")
    wide: dict[str, dict[Any, dict[Any, Any]]] = {
        age: own.loc[[age]].set_index(["kind", "size"]).to_dict("index") for age in AGES if age in own.index
    }
    return [
        [*key, int(row["places"]), *(float(rows[key][name]) for rows in wide.values() for name in SCORED)]
        for key, row in wide["60+"].items()
        if row["places"] >= FEWEST
    ]


def page_data(table: pd.DataFrame, regions: Mapping[str, Region], norms: Mapping[str, float]) -> dict[str, Any]:
    """What the page draws: places and, packed, their medians and distances to the ends of the intervals."""
    places = table.drop_duplicates("code")[["code", "name_zh", "level", "province", "prefecture"]]
    places = places.sort_values("code", ignore_index=True)
    provinces = [name for name in dict.fromkeys(places["province"]) if name in TILES]
    shown = [name for name in MEASURES if name not in (*NORMS, *STATUS_QUO, HELD)]
    years = sorted(int(year) for year in table.loc[table["measure"] == SHARE, "year"].unique())
    plan_year = int(table.loc[table["measure"].isin(ADDED), "year"].iloc[0])
    values: dict[str, list[list[list[int]] | None]] = {
        name: [
            _column(table, places["code"], name, year) if name not in ADDED or year == plan_year else None
            for year in years
        ]
        for name in shown
    }
    held: dict[str, dict[str, dict[int, list[int]]]] = {}
    own = table[table["measure"].isin((*STATUS_QUO, HELD)) & table["year"].isin(years)]
    for row in own.to_dict("records"):
        ends = [round(row["median"]), round(row["median"] - row["q10"]), round(row["q90"] - row["median"])]
        held.setdefault(row["code"], {}).setdefault(row["measure"], {})[int(row["year"])] = ends
    packed = {
        "places": [
            [
                row.code,
                row.name_zh,
                pinyin_of(str(row.name_zh)),
                LEVELS.index(row.level),
                provinces.index(row.province),
                _text(row.prefecture),
            ]
            for row in places.itertuples()
        ],
        "values": values,
        "held": held,
    }
    return {
        "packed": pack(packed),
        "years": years,
        "year": plan_year,
        "measures": list(MEASURES),
        "norms": dict(norms),
        "sparse": [*STATUS_QUO, HELD],
        "levels": list(LEVELS),
        "start": START,
        "provinces": [
            {
                "id": name,
                "code": regions[name].gb_code,
                "zh": regions[name].name.zh,
                "en": regions[name].name.en,
                "short": TILES[name][0],
                "letters": TILES[name][1],
                "tile": TILES[name][2:],
            }
            for name in provinces
        ],
    }


def _column(table: pd.DataFrame, codes: pd.Series, measure: str, year: int) -> list[list[int]]:
    rows = table[(table["measure"] == measure) & (table["year"] == year)].set_index("code").loc[codes]
    factor = THOUSANDTHS if measure == SHARE else 1
    low, middle, high = (
        np.round(rows[name].to_numpy(dtype=float) * factor).astype(int) for name in ("q10", "median", "q90")
    )
    return [middle.tolist(), (middle - low).tolist(), (high - middle).tolist()]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
