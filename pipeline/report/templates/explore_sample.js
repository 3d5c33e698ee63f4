// The arithmetic of the sample: pipeline/shortfall/choices.py, told for the page. A line holds a column of draws for every
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

const sampleOf = (data, scenario, region) => {
  const index = data.index[scenario] || {};
  const line = (series, item) => {
    const place = series === "price"
      ? (data.index.central[region] || {})[`price/${item}`] ?? data.index.central.all[`price/${item}`]
      : (index[region] || {})[`${series}/${item}`] ?? index.all[`${series}/${item}`];
    return place === undefined ? null : data.lines[place].map((column) => data.columns[column]);
  };
  const draws = Math.max(...line("people", "population_60plus").map((column) => column.length));
  // A line in one year, by draw.
  const at = (series, item, year) => {
    const found = line(series, item);
    if (!found) return null;
    const column = found[found.length > 1 ? data.years.indexOf(year) : 0];
    return Array.from({ length: draws }, (_, k) => column[column.length > 1 ? k : 0]);
  };
  const certain = (series, item) => line(series, item)[0][0];

  // Users of a setting by severity: for each draw an array of three.
  const users = (year, choices) => {
    const older = line("share", "institution.all") !== null;
    const people = SEVERITIES.map((severity) => at("people", severity, year));
    const everybody = at("people", "population_60plus", year);
    const factor = at("factor", "institution_factor", year);
    return Array.from({ length: draws }, (_, k) => {
      const found = { institution: [0, 0, 0], community: [0, 0, 0] };
      if (!older) {
        SEVERITIES.forEach((severity, s) => {
          const outside = certain("share", `community.${severity}`);
          const set = choices[severity];
          const inside = set === undefined ? certain("share", `institution.${severity}`) : Math.min(set, 1 - outside);
          found.institution[s] = people[s][k] * Math.min(factor[k] * inside, 1 - outside);
          found.community[s] = people[s][k] * outside;
        });
        return found;
      }
      const taken = [0, 0, 0];
      for (const setting of ["institution", "community"]) {
        let places = certain("share", `${setting}.all`) * everybody[k] * (setting === "institution" ? factor[k] : 1);
        for (const s of [2, 1, 0]) {
          const filled = Math.min(people[s][k] - taken[s], places);
          found[setting][s] = filled;
          taken[s] += filled;
          places -= filled;
        }
      }
      return found;
    });
  };
  const need = (quantity, year, choices) => {
    const used = users(year, choices);
    if (quantity === "caregivers") {
      const factor = at("factor", "users_factor", year);
      const heads = (k, setting) => SEVERITIES.reduce(
        (sum, severity, s) => sum + used[k][setting][s] / certain("users_per_carer", `${setting}.${severity}`), 0);
      return used.map((_, k) => (heads(k, "institution") + heads(k, "community")) / (factor[k] * (choices.users ?? 1)));
    }
    const [mild, inside, occupancy] = ["mild_in_nursing", "dementia_in_institution", "target_occupancy"]
      .map((name) => at("bed_use", name, year));
    const cases = at("people", "dementia", year);
    return used.map(({ institution: [first, second, third] }, k) => {
      const ordinary = first * (1 - mild[k]);
      const nursing = first + second + third - ordinary;
      const beds = { institution_beds: ordinary + nursing, nursing_beds: nursing,
        dementia_beds: Math.min(cases[k] * inside[k], nursing) }[quantity];
      return beds === undefined ? undefined : beds / (choices.occupancy ?? occupancy[k]);
    });
  };
  const required = (quantity, yardstick, year, choices) => {
    const people = () => at("people", "population_60plus", year);
    if (yardstick === "ratio") return choices.ratio === undefined ? null : people().map((n) => n * choices.ratio / 1000);
    if (yardstick === "norm") return line("norm", quantity) && people().map((n) => n * certain("norm", quantity));
    return known(yardstick === "need" ? need(quantity, year, choices) : at(yardstick, quantity, year));
  };
  const known = (found) => (found && found.every((value) => Number.isFinite(value)) ? found : null);

  // Everything that is told of one quantity in one year, by draw; null where it is not known.
  const outcome = (quantity, yardstick, year, choices) => {
    const asked = required(quantity, yardstick, year, choices);
    const [today, then] = [data.asOf, year].map((when) => known(at("existing", quantity, when)));
    const none = { required: asked, existing: then, gap: null, toAdd: null, enough: null, cost: {} };
    if (!today) return none;
    const elapsed = year - data.asOf;
    const kept = at("kept", quantity, year);
    const left = today.map((stock, k) => stock * Math.max(1 - (choices.closing ?? 1 - kept[k]) * elapsed, 0));
    const existing = elapsed > 0 && choices.additions !== undefined
      ? left.map((stock) => stock + choices.additions * elapsed) : then;
    if (!asked || !existing) return { ...none, existing };
    const gap = asked.map((value, k) => value - existing[k]);
    const enough = gap.filter((value) => value <= 0).length / draws;
    if (elapsed <= 0) return { ...none, existing, gap, enough };
    const toAdd = asked.map((value, k) => Math.max(value - left[k], 0) / elapsed);
    const cost = {};
    for (const kind of KINDS[data.quantities[quantity]] || []) {
      const price = at("price", kind, year);
      cost[kind] = toAdd.map((units, k) => units * elapsed * price[k]);
    }
    return { required: asked, existing, gap, toAdd, enough, cost };
  };
  const people = (item, year) => item !== "disabled" ? at("people", item, year)
    : SEVERITIES.map((s) => at("people", s, year)).reduce((sum, part) => sum.map((value, k) => value + part[k]));
  const ownPrices = data.index.central[region]?.["price/capital_subsidy"] !== undefined;
  return { line, at, certain, outcome, people, ownPrices };
};
