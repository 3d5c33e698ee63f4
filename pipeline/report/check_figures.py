"""Pictures of the model checks, drawn by ArviZ: both languages in one picture, the same bytes for the same draws.

Colours are those of the reports: what was counted is red, what the model draws is blue.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.text import Text

from pipeline.axes import Array
from pipeline.report.fonts import FAMILY, FILE, check_glyphs, font_folder

MODEL, COUNTED, PRIOR, GREY = "#2a6f97", "#c1121f", "#b08968", "#8d99ae"

RANKED = 500
UNLABELLED = {"xlabel": False, "ylabel": False}

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


@contextmanager
def _style() -> Iterator[None]:
    """Fonts and colours, for the while of one picture."""
    import matplotlib as mpl
    from matplotlib import font_manager

    font_manager.fontManager.addfont(font_folder() / FILE)
    settings: Any = {
        "backend": "agg",
        "font.family": FAMILY,
        "font.size": 9,
        "axes.titlesize": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "savefig.dpi": 90,
    }
    with mpl.rc_context(settings):
        yield


@_style()
def sampler(chains: Mapping[str, Array]) -> bytes:
    """Ranks of each chain's draws among all of them; `chains` (chain, draw) by key of `QUANTITIES`.

    Draws are taken at equal distances, at most `RANKED` of each chain.
    """
    tree = _tree(posterior={name: draws[:, :: -(-draws.shape[1] // RANKED)] for name, draws in chains.items()})
    plots = _plot("rank", tree, 4, 5.0, {"xlabel": False})
    _titles(plots, {name: QUANTITIES[name] for name in chains})
    return _png(
        plots,
        "抽样：各链抽样的秩与均匀分布之差，应在零上下小幅摆动",
        "Sampling: ranks of each chain less those of a uniform; they should swing little about zero",
    )


@_style()
def prior_posterior(prior: Mapping[str, Array], posterior: Mapping[str, Array]) -> bytes:
    """What the censuses taught beside the prior; draws (draw,) by key of `QUANTITIES`."""
    groups = {"prior": prior, "posterior": posterior}
    tree = _tree(**{group: {name: values[None] for name, values in draws.items()} for group, draws in groups.items()})
    plots = _plot("prior_posterior", tree, 4, 5.0, kind="kde", color=[PRIOR, MODEL])
    _titles(plots, {name: QUANTITIES[name] for name in prior})
    for legend in plots.viz["figure"].item().legends:
        legend.remove()
    return _png(
        plots,
        "先验（棕）与后验（蓝）：普查教给模型什么",
        "Prior (brown) and posterior (blue): what the censuses taught",
    )


@_style()
def replicated(observed: Mapping[str, Array], draws: Mapping[str, Array], which: str, kind: str, count: int) -> bytes:
    """Replicates (draw,) of each of `STATISTICS` with what was counted.

    `which` of `PREDICTIVE`, of `count` areas of a `kind` of `AREAS`. The outermost half percent of the draws on
    either side may lie outside the picture.
    """
    predictive, areas = PREDICTIVE[which], AREAS[kind]
    tree = _tree(
        posterior_predictive={name: draws[name][None, :, None] for name in STATISTICS},
        observed_data={name: np.atleast_1d(observed[name]) for name in STATISTICS},
    )
    visuals = {"dist": {"color": MODEL}, "observed_tstat": {"color": COUNTED, "marker": "^", "size": 70}}
    plots = _plot("ppc_tstat", tree, 3, 5.0, visuals, t_stat="mean", kind="kde")
    _titles(plots, STATISTICS)
    for name in STATISTICS:
        low, high = np.quantile(draws[name], [0.005, 0.995])
        low, high = min(low, float(observed[name])), max(high, float(observed[name]))
        plots.get_target(name, {}).set_xlim(low - 0.05 * (high - low), high + 0.05 * (high - low))
    return _png(
        plots,
        f"{predictive[0]}检验，{count}{areas[0]}：普查值（红）应落在模型抽样（蓝）之中",
        f"{predictive[1]} check, {count} {areas[1]}: the count (red) should lie among the model's draws (blue)",
    )


@_style()
def by_age(observed: Array, draws: Array, ages: Sequence[str]) -> bytes:
    """Distribution over the areas by age: `observed` (area, age), `draws` (draw, area, age), logs."""
    tree = _tree(
        posterior_predictive={age: draws[None, ..., i] for i, age in enumerate(ages)},
        observed_data={age: observed[:, i] for i, age in enumerate(ages)},
    )
    visuals = {"predictive_dist": {"color": MODEL, "alpha": 0.15}, "observed_dist": {"color": COUNTED, "width": 1.6}}
    plots = _plot("ppc_dist", tree, 4, 5.0, visuals, kind="ecdf", num_samples=30)
    _titles(plots, {age: (f"{age}岁", f"aged {age}") for age in ages})
    low, high = np.quantile(observed, [0.0, 1.0])
    for age in ages:
        plots.get_target(age, {}).set_xlim(1.4 * low, 1.4 * high)
    return _png(
        plots,
        "各省队列十年变化（对数，超出全国部分）的累计分布：普查（红）与后验抽样（蓝）",
        "Cohort change of the provinces over ten years beyond the nation's (log), cumulated: "
        "census (red), posterior draws (blue)",
    )


@_style()
def by_area(observed: Array, draws: Array, names: Sequence[tuple[str, str]], bands: Sequence[str]) -> bytes:
    """Each area's 50 and 95 % intervals: `observed` (area, band), `draws` (draw, area, band), logs.

    `names` (Chinese, English) of the areas, which are drawn in the order of the first band.
    """
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
    ends = {"ci_kind": "eti", "ci_probs": (0.5, 0.95), "point_estimate": "median"}
    plots = _plot("ppc_interval", tree, 1, 8.0, visuals, **ends)
    for band in bands:
        axis = plots.get_target(band, {})
        axis.set_title(band, loc="left")
        axis.axhline(0.0, color=GREY, linewidth=0.6, zorder=0)
        last = band == bands[-1]
        labels = [" ".join(names[i]) for i in order] if last else []
        axis.set_xticks(range(len(order)) if last else [], labels, rotation=90, fontsize=8)
    return _png(
        plots,
        "各省老年人口十年变化（对数，超出全国部分）：普查（红）与后验预测的中位数、50%和95%区间（蓝）",
        "Older people by province, change over ten years beyond the nation's (log): census (red), "
        "posterior predictive median, 50 and 95 % intervals (blue)",
    )


@_style()
def left_out(pit: Mapping[str, Array]) -> bytes:
    """Where each area's count lies in what is foretold from the other areas: `pit` (area,) by band."""
    tree = xr.DataTree.from_dict({"loo_pit": xr.Dataset({band: ("area", values) for band, values in pit.items()})})
    visuals = {"ecdf_lines": {"color": MODEL}, **UNLABELLED}
    plots = _plot("ecdf_pit", tree, 3, 3.0, visuals, group="loo_pit", sample_dims=["area"])
    _titles(plots, {band: (band, "") for band in pit})
    return _png(
        plots,
        "逐省留一：普查值在其余各省所作预测中的位置，与均匀分布之差应接近零",
        "Each province left out: where its count lies in its forecast from the others, less a uniform; "
        "near zero is right",
    )


def _plot(name: str, tree: xr.DataTree, columns: int, height: float, visuals: Any = None, **options: Any) -> Any:
    """A plot of ArviZ with so many `columns` of panels, `height` in inches."""
    import arviz as az

    figure = {"figsize": (11.0, height), "layout": "constrained"}
    shown = {"title": False, **(visuals or {})}
    return getattr(az, f"plot_{name}")(
        tree, backend="matplotlib", visuals=shown, col_wrap=columns, figure_kwargs=figure, **options
    )


def _titles(plots: Any, labels: Mapping[str, tuple[str, str]]) -> None:
    for name, label in labels.items():
        plots.get_target(name, {}).set_title("\n".join(label).strip())


def _tree(**groups: Mapping[str, Array]) -> xr.DataTree:
    """Groups of variables (chain, draw, ...), of observed data (...)."""

    def dataset(group: str, values: Mapping[str, Array]) -> xr.Dataset:
        lead = () if group == "observed_data" else ("chain", "draw")
        axes = {name: (*lead, *(f"axis_{i}" for i in range(np.ndim(v) - len(lead)))) for name, v in values.items()}
        found = xr.Dataset({name: (axes[name], v) for name, v in values.items()})
        return found.assign_coords({axis: range(size) for axis, size in found.sizes.items()})

    return xr.DataTree.from_dict({name: dataset(name, values) for name, values in groups.items()})


def _png(plots: Any, zh: str, en: str) -> bytes:
    """The picture with its title as PNG of few colours; closes it. Raises MissingGlyph."""
    import matplotlib.pyplot as plt
    from PIL import Image

    figure = plots.viz["figure"].item()
    figure.suptitle(f"{zh}\n{en}", fontsize=11)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    check_glyphs("".join(text.get_text() for text in figure.findobj(Text)), "reports/checks")
    plt.close(figure)
    few, packed = Image.open(drawn).convert("RGB").quantize(48, dither=Image.Dither.NONE), io.BytesIO()
    few.save(packed, format="png", optimize=True)
    return packed.getvalue()
