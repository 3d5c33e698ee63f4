"""Annex: what the results are drawn with, what is assumed and why, and what they cannot say."""

from collections.abc import Sequence

from pipeline.axes import CENSUS_YEAR
from pipeline.report.context import Context
from pipeline.report.document import Block, Bullets, ReportColumn, TextSpan, line

LIMITS = ("small", "deaths", "nominal", "definitions", "quality", "staff", "forecast")


def assumed(context: Context) -> list[tuple[str, str, str]]:
    """What is assumed of people: name, what, and why."""
    words, projection = context.words, context.shared.central.projection
    put_in = {
        "mortality": {"years": words.exact(projection.mortality.extra_e0, 1)},
        "consistency": {
            "weight": words.exact(projection.consistency.weight, 2),
            "age": str(projection.consistency.from_age),
        },
        "migration": {
            "weight": words.exact(projection.migration.weight, 2),
            "years": words.exact(projection.migration.taper_years),
        },
        "fertility": {"weight": words.exact(projection.fertility.weight, 2)},
    }
    last = {"last": str(context.last), "youngest": str(60 - (context.last - CENSUS_YEAR))}
    return [
        (
            words(f"assumption.{name}.name"),
            words(f"assumption.{name}.what", **given),
            words(f"assumption.{name}.why", **last),
        )
        for name, given in put_in.items()
    ]


def settings(context: Context) -> Sequence[Block]:
    """What is assumed of people, and every interval of need and supply as params.yaml has it."""
    words = context.words
    return [
        context.table(
            words("assumptions.table"),
            assumed(context),
            ReportColumn(words("head.assumption"), lambda entry: TextSpan(entry[0], mark="strong"), 18),
            ReportColumn(words("head.what"), lambda entry: entry[1], 41),
            ReportColumn(words("head.why"), lambda entry: entry[2], 41),
            small=True,
        ),
        context.table(
            words("settings.table"),
            intervals(context),
            ReportColumn(
                words("head.assumption"), lambda entry: line(entry[1], TextSpan(f" {entry[0]}", mark="quiet")), 60
            ),
            ReportColumn(words("head.range"), lambda entry: entry[2], 40, number=True),
            small=True,
        ),
    ]


def intervals(context: Context) -> list[tuple[str, str, str]]:
    """Every interval of the sections need and supply: key, name, its ends."""
    words, out = context.words, []
    for section in ("need", "supply"):
        block = getattr(context.shared.central, section)
        for name in type(block).model_fields:
            interval = getattr(block, name)
            if hasattr(interval, "low"):
                ends = {"low": words.exact(interval.low, 3), "high": words.exact(interval.high, 3)}
                told = words(f"setting.{section}.{name}.name"), words("range", **ends)
                out.append((f"{section}.{name}", *told))
    return out


def limitations(context: Context) -> Sequence[Block]:
    """What the results cannot say."""
    return [Bullets([line(context.words(f"limits.{name}")) for name in LIMITS])]
