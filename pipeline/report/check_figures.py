"""Pictures of the model checks, drawn by ArviZ: both languages in one picture, the same bytes for the same draws.

Colours are those of the reports: what was counted is red, what the model draws is blue.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.text import Text

from pipeline.axes import Array
from pipeline.report.fonts import FAMILY, FILE, check_glyphs, font_folder

MODEL, COUNTED, PRIOR, GREY = "#2a6f97", "#c1121f", "#b08968", "#8d99ae"

RANKED = 500
UNLABELLED = {"xlabel": False, "ylabel": False}
STYLE: Any = {
    "backend": "agg",
    "font.family": FAMILY,
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "savefig.dpi": 90,
}

QUANTITIES: Mapping[str, tuple[str, str]] = {
    "level": ("各省共同的变化", "what all provinces share"),
    "own_return": ("本省上个十年偏离的延续", "share of own past that returns"),
    "contrast_return": ("男女差异的延续", "same, of the sexes' difference"),
    "shared_error": ("各年龄共同的误差", "error that all ages share"),
    "age_error": ("单个年龄组的误差", "error of a single age"),
    "neighbours_error": ("相邻年龄误差的相关", "correlation of neighbours' errors"),
    "contrast_error": ("男女差异的误差", "error of the sexes' difference"),
    "dof": ("自由度（小则尾厚）", "degrees of freedom (few: heavy tails)"),
}
PREDICTIVE = {"prior": ("先验预测", "Prior predictive"), "posterior": ("后验预测", "Posterior predictive")}
AREAS = {"provinces": ("省", "provinces"), "cities": ("市对本省", "cities beside their province")}
STATISTICS: Mapping[str, tuple[str, str]] = {
    "mean": ("60+变化的均值", "mean change, 60+"),
    "spread": ("60+变化的标准差", "SD between areas, 60+"),
    "spread_oldest": ("80+变化的标准差", "SD between areas, 80+"),
    "neighbours": ("相邻年龄的相关", "correlation of neighbouring ages"),
    "sexes": ("男女差异的标准差", "SD of the sexes' difference"),
    "outermost": ("最远地区（÷中位偏差）", "outermost area ÷ median deviation"),
}


type Limits = Mapping[str, tuple[float, float]]


def sampler(chains: Mapping[str, Array]) -> bytes:
    """Ranks of each chain's draws among all of them; `chains` (chain, draw) by key of `QUANTITIES`.

    Draws are taken at equal distances, at most `RANKED` of each chain.
    """
    title = (
        "抽样：各链抽样的秩与均匀分布之差，应在零上下小幅摆动",
        "Sampling: ranks of each chain less those of a uniform; they should swing little about zero",
    )
    tree = _tree(posterior={name: draws[:, :: -(-draws.shape[1] // RANKED)] for name, draws in chains.items()})
    labels = {name: QUANTITIES[name] for name in chains}
    return _picture("rank", tree, labels, title, visuals={"xlabel": False})


def prior_posterior(prior: Mapping[str, Array], posterior: Mapping[str, Array]) -> bytes:
    """What the censuses taught beside the prior; draws (draw,) by key of `QUANTITIES`."""
    title = "先验（棕）与后验（蓝）：普查教给模型什么", "Prior (brown) and posterior (blue): what the censuses taught"
    groups = {"prior": prior, "posterior": posterior}
    tree = _tree(**{group: {name: values[None] for name, values in draws.items()} for group, draws in groups.items()})
    labels = {name: QUANTITIES[name] for name in prior}
    return _picture("prior_posterior", tree, labels, title, kind="kde", color=[PRIOR, MODEL])


def replicated(observed: Mapping[str, Array], draws: Mapping[str, Array], which: str, kind: str, count: int) -> bytes:
    """Replicates (draw,) of each of `STATISTICS` with what was counted.

    `which` of `PREDICTIVE`, of `count` areas of a `kind` of `AREAS`. The outermost half percent of the draws on
    either side may lie outside the picture.
    """
    predictive, areas = PREDICTIVE[which], AREAS[kind]
    title = (
        f"{predictive[0]}检验，{count}{areas[0]}：普查值（红）应落在模型抽样（蓝）之中",
        f"{predictive[1]} check, {count} {areas[1]}: the count (red) should lie among the model's draws (blue)",
    )
    tree = _tree(
        posterior_predictive={name: draws[name][None, :, None] for name in STATISTICS},
        observed_data={name: np.atleast_1d(observed[name]) for name in STATISTICS},
    )
    limits = {}
    for name in STATISTICS:
        low, high = np.quantile(draws[name], [0.005, 0.995])
        low, high = min(low, float(observed[name])), max(high, float(observed[name]))
        limits[name] = low - 0.05 * (high - low), high + 0.05 * (high - low)
    visuals = {"dist": {"color": MODEL}, "observed_tstat": {"color": COUNTED, "marker": "^", "size": 70}}
    return _picture("ppc_tstat", tree, STATISTICS, title, limits, columns=3, visuals=visuals, t_stat="mean", kind="kde")


def by_age(observed: Array, draws: Array, ages: Sequence[str]) -> bytes:
    """Distribution over the areas by age: `observed` (area, age), `draws` (draw, area, age), logs."""
    title = (
        "各省队列十年变化（对数，超出全国部分）的累计分布：普查（红）与后验抽样（蓝）",
        "Cohort change of the provinces over ten years beyond the nation's (log), cumulated: "
        "census (red), posterior draws (blue)",
    )
    tree = _tree(
        posterior_predictive={age: draws[None, ..., i] for i, age in enumerate(ages)},
        observed_data={age: observed[:, i] for i, age in enumerate(ages)},
    )
    labels = {age: (f"{age}岁", f"aged {age}") for age in ages}
    limits = dict.fromkeys(ages, (1.4 * observed.min(), 1.4 * observed.max()))
    visuals = {"predictive_dist": {"color": MODEL, "alpha": 0.15}, "observed_dist": {"color": COUNTED, "width": 1.6}}
    return _picture("ppc_dist", tree, labels, title, limits, visuals=visuals, kind="ecdf", num_samples=30)


def by_area(observed: Array, draws: Array, names: Sequence[tuple[str, str]], bands: Sequence[str]) -> bytes:
    """Each area's 50 and 95 % intervals: `observed` (area, band), `draws` (draw, area, band), logs.

    `names` (Chinese, English) of the areas, which are drawn in the order of the first band.
    """
    title = (
        "各省老年人口十年变化（对数，超出全国部分）：普查（红）与后验预测的中位数、50%和95%区间（蓝）",
        "Older people by province, change over ten years beyond the nation's (log): census (red), "
        "posterior predictive median, 50 and 95 % intervals (blue)",
    )
    order = np.argsort(observed[:, 0], kind="stable")
    tree = _tree(
        posterior_predictive={band: draws[None, :, order, i] for i, band in enumerate(bands)},
        observed_data={band: observed[order, i] for i, band in enumerate(bands)},
    )
    visuals = {
        **{part: {"color": MODEL} for part in ("trunk", "twig", "prediction_markers")},
        "observed_markers": {"color": COUNTED, "marker": "^", "size": 26},
        **UNLABELLED,
    }

    def label_areas(plots: Any) -> None:
        for band in bands:
            axis, last = plots.get_target(band, {}), band == bands[-1]
            axis.set_title(band, loc="left")
            axis.axhline(0.0, color=GREY, linewidth=0.6, zorder=0)
            labels = [" ".join(names[i]) for i in order] if last else []
            axis.set_xticks(range(len(order)) if last else [], labels, rotation=90, fontsize=8)

    ends: Any = {"ci_kind": "eti", "ci_probs": (0.5, 0.95), "point_estimate": "median"}
    return _picture("ppc_interval", tree, {}, title, columns=1, height=8.0, visuals=visuals, finish=label_areas, **ends)


def left_out(pit: Mapping[str, Array]) -> bytes:
    """Where each area's count lies in what is foretold from the other areas: `pit` (area,) by band."""
    title = (
        "逐省留一：普查值在其余各省所作预测中的位置，与均匀分布之差应接近零",
        "Each province left out: where its count lies in its forecast from the others, less a uniform; "
        "near zero is right",
    )
    tree = xr.DataTree.from_dict({"loo_pit": xr.Dataset({band: ("area", values) for band, values in pit.items()})})
    visuals = {"ecdf_lines": {"color": MODEL}, **UNLABELLED}
    options: Any = {"group": "loo_pit", "sample_dims": ["area"]}
    labels = {band: (band, "") for band in pit}
    return _picture("ecdf_pit", tree, labels, title, columns=3, height=3.0, visuals=visuals, **options)


def _tree(**groups: Mapping[str, Array]) -> xr.DataTree:
    """Groups of variables (chain, draw, ...), of observed data (...)."""
    import arviz as az

    names = {name for variables in groups.values() for name in variables}
    observed = groups.get("observed_data", {})
    return az.from_dict(groups, dims={name: ["area"] * np.ndim(observed.get(name, 0)) for name in names})


def _picture(
    plot: str,
    tree: xr.DataTree,
    labels: Mapping[str, tuple[str, str]],
    title: tuple[str, str],
    limits: Limits = MappingProxyType({}),
    *,
    columns: int = 4,
    height: float = 5.0,
    visuals: Mapping[str, object] = MappingProxyType({}),
    finish: Callable[[Any], None] = lambda plots: None,
    **options: Any,
) -> bytes:
    """ArviZ's `plot` as PNG of few colours: panels with their `labels` and `limits` of x, `height` in inches.

    Raises MissingGlyph.
    """
    import arviz as az
    import matplotlib as mpl
    import matplotlib.pyplot as plt
    from matplotlib import font_manager
    from PIL import Image

    font_manager.fontManager.addfont(font_folder() / FILE)
    options |= {"visuals": {"title": False, **visuals}, "col_wrap": columns}
    with mpl.rc_context(STYLE):
        figure_options = {"figsize": (11.0, height), "layout": "constrained"}
        plots = getattr(az, f"plot_{plot}")(tree, backend="matplotlib", figure_kwargs=figure_options, **options)
        for name, label in labels.items():
            plots.get_target(name, {}).set_title("\n".join(label).strip())
        for name, ends in limits.items():
            plots.get_target(name, {}).set_xlim(*ends)
        finish(plots)
        figure = plots.viz["figure"].item()
        for legend in figure.legends:
            legend.remove()
        figure.suptitle("\n".join(title), fontsize=11)
        drawn, packed = io.BytesIO(), io.BytesIO()
        figure.savefig(drawn, format="png")
        check_glyphs("".join(text.get_text() for text in figure.findobj(Text)), "reports/checks")
        plt.close(figure)
    Image.open(drawn).convert("RGB").quantize(48, dither=Image.Dither.NONE).save(packed, format="png", optimize=True)
    return packed.getvalue()
