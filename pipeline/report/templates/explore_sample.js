// The arithmetic of the sample: pipeline/shortfall/choices.py for the page. A line holds a column of draws for every
// year, or one for all; a column holds every draw, or one number for all.
const SEVERITIES = ["mild", "moderate", "severe"];
const KINDS = { beds: ["capital_subsidy", "capital_investment", "running_subsidy"], caregivers: ["pay"] };
const quantile = (values, level) => {
  const sorted = Float64Array.from(values).sort();
  const place = level * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
};
const summary = (values) => values && [0.5, 0.1, 0.9].map((level) => quantile(values, level));

const sampleOf = (scenario, region) => {
  const index = (name) => data.index[name]?.[region] ?? {};
  const line = (series, item) => {
    const name = `${series}/${item}`, chosen = series === "price" ? "central" : scenario;
    const place = index(chosen)[name] ?? data.index[chosen].all[name];
    return place === undefined ? null : data.lines[place].map((column) => data.columns[column]);
  };
  const draws = Math.max(...line("people", "population_60plus").map((column) => column.length));
  const byDraw = (calculate) => Array.from({ length: draws }, (_, k) => calculate(k));
  // A line in one year, by draw.
  const at = (series, item, year) => {
    const found = line(series, item);
    const column = found?.[found.length > 1 ? data.years.indexOf(year) : 0];
    return column ? byDraw((k) => column[column.length > 1 ? k : 0]) : null;
  };
  const certain = (series, item) => line(series, item)[0][0];
  const complete = (values) => (values?.every(Number.isFinite) ? values : null);

  // Users of each setting by severity, for each draw.
  const users = (year, choices) => {
    const people = SEVERITIES.map((severity) => at("people", severity, year));
    const factor = at("factor", "institution_factor", year);
    if (line("share", "institution.all")) {
      // Shares of all older people: the severest fill the places first, institutions before the community.
      const [inside, outside] = ["institution.all", "community.all"].map((item) => certain("share", item));
      const older = at("people", "population_60plus", year);
      return byDraw((k) => {
        const left = people.map((values) => values[k]);
        const fill = (places) => [2, 1, 0].map((s) => {
          const filled = Math.min(left[s], places);
          left[s] -= filled;
          places -= filled;
          return filled;
        }).reverse();
        return { institution: fill(inside * older[k] * factor[k]), community: fill(outside * older[k]) };
      });
    }
    const outside = SEVERITIES.map((severity) => certain("share", `community.${severity}`));
    const inside = SEVERITIES.map((severity, s) => Math.min(choices[severity] ?? certain("share", `institution.${severity}`), 1 - outside[s]));
    return byDraw((k) => ({
      institution: people.map((values, s) => values[k] * Math.min(factor[k] * inside[s], 1 - outside[s])),
      community: people.map((values, s) => values[k] * outside[s]),
    }));
  };
  const need = (quantity, year, choices) => {
    const used = users(year, choices);
    if (quantity === "caregivers") {
      const factor = at("factor", "users_factor", year);
      const heads = (setting, k) => SEVERITIES.reduce((sum, severity, s) => sum + used[k][setting][s] / certain("users_per_carer", `${setting}.${severity}`), 0);
      return byDraw((k) => (heads("institution", k) + heads("community", k)) / (factor[k] * (choices.users ?? 1)));
    }
    const [ordinary, inside, occupancy] = ["mild_in_nursing", "dementia_in_institution", "target_occupancy"].map((name) => at("bed_use", name, year));
    const cases = at("people", "dementia", year);
    return used.map(({ institution: [mild, moderate, severe] }, k) => {
      const all = mild + moderate + severe;
      const nursing = all - mild * (1 - ordinary[k]);
      const beds = { institution_beds: all, nursing_beds: nursing, dementia_beds: Math.min(cases[k] * inside[k], nursing) };
      return beds[quantity] / (choices.occupancy ?? occupancy[k]);
    });
  };
  const required = (quantity, yardstick, year, choices) => {
    const ratio = { ratio: choices.ratio / 1000, norm: line("norm", quantity)?.[0][0] ?? NaN }[yardstick];
    if (ratio !== undefined) return complete(at("people", "population_60plus", year).map((people) => people * ratio));
    return complete(yardstick === "need" ? need(quantity, year, choices) : at(yardstick, quantity, year));
  };

  // All results of one quantity in one year, by draw; null where it is not known.
  const outcome = (quantity, yardstick, year, choices) => {
    const needed = required(quantity, yardstick, year, choices);
    const [today, trend] = [data.asOf, year].map((when) => complete(at("existing", quantity, when)));
    const result = { required: needed, existing: trend, gap: null, toAdd: null, enough: null, cost: {} };
    if (!today) return result;
    const elapsed = year - data.asOf;
    const kept = at("kept", quantity, year);
    const left = today.map((stock, k) => stock * Math.max(1 - (choices.closing ?? 1 - kept[k]) * elapsed, 0));
    if (elapsed > 0 && choices.additions !== undefined) result.existing = left.map((stock) => stock + choices.additions * elapsed);
    if (!needed || !result.existing) return result;
    result.gap = needed.map((value, k) => value - result.existing[k]);
    result.enough = result.gap.filter((value) => value <= 0).length / draws;
    if (elapsed <= 0) return result;
    result.toAdd = needed.map((value, k) => Math.max(value - left[k], 0) / elapsed);
    for (const kind of KINDS[data.quantities[quantity]] ?? []) {
      const price = at("price", kind, year);
      result.cost[kind] = result.toAdd.map((units, k) => units * elapsed * price[k]);
    }
    return result;
  };
  const people = (item, year) => (item !== "disabled" ? at("people", item, year)
    : SEVERITIES.map((severity) => at("people", severity, year)).reduce((sum, part) => sum.map((value, k) => value + part[k])));
  return { line, at, certain, outcome, people, ownPrices: index("central")["price/capital_subsidy"] !== undefined };
};
