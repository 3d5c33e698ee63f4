"""`place`: what is known of a place of the atlas, as lines for a terminal."""

from collections.abc import Iterable, Sequence

import pandas as pd

from pipeline.model.place import AtlasPlace, full_name, parts, people, rank
from pipeline.pinyin import pinyin_of


def as_text(atlas: pd.DataFrame, place: AtlasPlace, need: pd.DataFrame, until: int) -> str:
    """What is known of a place: in the first year, and the two last ones up to `until`, which fit on a terminal."""
    first, *later = sorted(year for year in atlas["year"].unique() if year <= until)
    years = [first, *later[-2:]]
    within, nation = rank(atlas, place, years[-1])
    of_province, of_nation = (f"{float(f'{100 * part:.2g}'):g} %" for part in parts(atlas, place, years[-1]))
    lines = [
        f"{full_name(atlas, place)} ({place.code}, {place.level}, {pinyin_of(place.name)})",
        f"people aged 60+ in {years[-1]}: rank {within} in its province, {nation} in China among its level; "
        f"{of_province} of its province, {of_nation} of China",
        _line("median, 80 % interval", map(str, years)),
    ]
    named = people(atlas, place).rename(columns={"age_group": "measure"})
    for name, rows in pd.concat([named, need]).groupby("measure", sort=False):
        lines.append(_line(str(name), _cells(rows, years, share=str(name).startswith("share"))))
    if place.level == "district":
        lines.append("Renewal and new quarters move people across district lines; read it beside its whole city.")
    return "\n".join(lines)


def _cells(rows: pd.DataFrame, years: Sequence[int], *, share: bool = False) -> list[str]:
    cells = dict.fromkeys(years, "")
    for year, *ends in rows[rows["year"].isin(years)][["year", "median", "q10", "q90"]].to_numpy().tolist():
        middle, low, high = (f"{100 * end:.1f} %" if share else f"{end:,.0f}" for end in ends)
        cells[int(year)] = middle if low == high else f"{middle} ({low} to {high})"
    return list(cells.values())


def _line(name: str, cells: Iterable[str]) -> str:
    return "  ".join([f"{name:<22}", *(f"{cell:>32}" for cell in cells)]).rstrip()
