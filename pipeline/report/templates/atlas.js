const { years, measures, provinces, levels, values } = data;
const COUNTIES = ["county", "county_city", "district"];
const COLUMNS = ["60+", "65+", "80+", "total", "share_60plus", "need_beds", "norm_beds"];
const isShare = (measure) => measure === "share_60plus";
const places = data.places.map(([code, name, pinyin, level, province, above], at) =>
  ({ at, code, name, pinyin, level: levels[level], province: provinces[province], above }));
const byCode = new Map(places.map((place) => [place.code, place]));
const defaults = () => ({ lang: "zh", place: data.start, other: "", measure: "60+", year: data.year, province: "", level: "counties", sort: "median", down: true, shown: 100 });
const choices = {
  lang: Object.keys(data.texts), place: [...byCode.keys()], other: "any", measure: measures, year: years,
  province: ["", ...provinces.map(({ id }) => id)], level: ["all", "counties", ...levels],
};

// Values are kept as [median, below, above] of each place, shares in tenths of a percent; here [low, median, high].
const value = (place, measure, year) => {
  const norm = data.norms[measure];
  const column = values[norm ? "60+" : measure][years.indexOf(year)];
  const [middle, below, above] = column ? column.map((numbers) => numbers[place.at]) : [null];
  const factor = norm || (isShare(measure) ? 0.001 : 1);
  return middle === null ? null : [middle - below, middle, middle + above].map((number) => number * factor);
};
const yearsOf = (measure) => (measure.startsWith("added_") ? [data.year] : years);
const yearOf = (measure) => (yearsOf(measure).includes(state.year) ? state.year : data.year);
const chosenOf = (place, measure = state.measure) => value(place, measure, yearOf(measure));
const older = (place) => value(place, "60+", data.year)[1];
// One unit for all that stands together: 万 or millions only where every median reaches one. What was counted is exact.
const unitOf = (measure, found) => {
  const size = either(1e4, 1e6);
  const middles = found.filter(Boolean).map(([, middle]) => Math.abs(middle));
  return !isShare(measure) && middles.length && Math.min(...middles) >= size ? size : 1;
};
const number = (amount, measure, unit = 1) => {
  if (amount === undefined) return text("atlas.blank");
  if (isShare(measure)) return `${(100 * amount).toFixed(1)}%`;
  const rounded = Number(amount.toPrecision(3)) / unit;
  const digits = unit === 1 || !rounded ? 0 : Math.min(2, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
  return rounded.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + { 1: "", 1e4: "万", 1e6: "m" }[unit];
};
const middleOf = (found, measure, unit = unitOf(measure, [found])) =>
  (found && !isShare(measure) && found[0] === found[2] ? Math.round(found[1]).toLocaleString("en") : number(found?.[1], measure, unit));
const range = (found, measure, unit = unitOf(measure, [found])) => {
  const [low, high] = [found[0], found[2]].map((end) => number(end, measure, unit));
  return found[0] === found[2] || low === high ? "" : `${low}–${high}`;
};
const measureName = (measure) => text(`atlas.measure.${measure}`);
const title = (place) => either(place.name, `${place.pinyin} ${place.name}`);
const provinceName = (province) => province[state.lang];
const full = (place) => (place.level === "province" ? title(place) : `${title(place)}${either("，", ", ")}${provinceName(place.province)}`);
const small = (words) => make("small", {}, words);
const button = (on, attributes, ...content) => make("button", { type: "button", on, ...attributes }, ...content);
const link = (place) => button(() => set({ place: place.code }), {}, title(place));

const find = (words) => {
  const wanted = words.trim().toLowerCase().replace(/[\s'’]/g, "");
  const rank = ({ code, name, pinyin }) => {
    const names = [code, name, pinyin.toLowerCase()];
    return names.includes(wanted) ? 0 : names.some((one) => one.startsWith(wanted)) ? 1 : name.includes(wanted) ? 2 : 9;
  };
  return (wanted ? places : []).map((place) => [rank(place), place]).filter(([points]) => points < 9)
    .sort(([a, one], [b, two]) => a - b || older(two) - older(one)).slice(0, 12).map(([, place]) => place);
};
// A field in which places are searched by name, pinyin or code; the state takes the place under the field's name.
const search = (id, list, name) => {
  const field = element(id);
  const entry = (place) => make("li", {}, button(() => { field.value = ""; list.replaceChildren(); set({ [name]: place.code }); }, {},
    full(place), " ", make("span", { class: "quiet" }, place.code)));
  field.addEventListener("input", () => {
    const hits = find(field.value);
    list.replaceChildren(...(hits.length || !field.value.trim() ? hits.map(entry) : [make("li", {}, text("atlas.none"))]));
  });
  field.addEventListener("keydown", ({ key }) => { if (key === "Enter") list.querySelector("button")?.click(); });
};

const controls = () => {
  fill("measure", ["", measures.map((name) => [name, measureName(name)])]);
  fill("year", ["", yearsOf(state.measure).map((year) => [year, year])]);
  fill("province", ["", [["", text("atlas.all_provinces")], ...provinces.map((province) => [province.id, provinceName(province)])]]);
  fill("level", ["", choices.level.map((level) => [level, text(`atlas.level.${level}`)])]);
};
const shade = (share) => {
  const part = 0.08 + 0.87 * share;
  return { background: `color-mix(in srgb, #12436d ${Math.round(100 * part)}%, white)`, color: part > 0.71 ? "#fff" : "#000" };
};
const map = () => {
  const found = provinces.map(({ code }) => chosenOf(byCode.get(code)));
  const there = found.filter(Boolean).map(([, middle]) => middle);
  const [low, high] = [Math.min(...there), Math.max(...there)];
  const unit = unitOf(state.measure, found);
  element("map").replaceChildren(...provinces.map((province, at) => {
    const amount = found[at]?.[1], pressed = state.province === province.id, [gridColumn, gridRow] = province.tile;
    const tile = button(() => set({ province: pressed ? "" : province.id, place: province.code }),
      { "aria-pressed": pressed, title: `${provinceName(province)} ${number(amount, state.measure, unit)}` }, either(province.short, province.letters));
    Object.assign(tile.style, amount === undefined ? {} : shade((amount - low) / (high - low || 1)), { gridColumn, gridRow });
    return tile;
  }));
};
const strip = () => {
  const home = provinces.find(({ id }) => id === state.province) || byCode.get(state.place).province;
  const rows = places.filter((place) => place.province === home && COUNTIES.includes(place.level)).map((place) => [place, chosenOf(place)])
    .filter(([, found]) => found).sort(([, one], [, two]) => two[1] - one[1]);
  const high = Math.max(...rows.map(([, found]) => found[2])), low = Math.min(0, ...rows.map(([, found]) => found[0]));
  const unit = unitOf(state.measure, rows.map(([, found]) => found));
  const x = (amount) => 4 + (192 * (amount - low)) / (high - low || 1);
  element("strip-title").textContent = text("atlas.strip", { province: provinceName(home), measure: measureName(state.measure), year: yearOf(state.measure) });
  element("strip").replaceChildren(...(rows.length ? [] : [text("atlas.stock")]), ...rows.map(([place, found]) => {
    const picture = make("svg", { viewBox: "0 0 200 14", preserveAspectRatio: "none", "aria-hidden": "true" },
      make("line", { x1: x(found[0]), x2: x(found[2]), y1: 7, y2: 7, stroke: "#12436d", "stroke-width": 2, opacity: 0.5 }),
      make("rect", { x: x(found[1]) - 1.5, y: 2, width: 3, height: 10, fill: "#12436d" }));
    return button(() => set({ place: place.code }),
      { class: `row${place.code === state.place ? " chosen" : ""}`, title: `${title(place)} ${range(found, state.measure, unit)}` },
      make("span", {}, either(place.name, place.pinyin)), picture, make("span", {}, middleOf(found, state.measure, unit)));
  }));
};
const sortedBy = () => (state.sort === "median" ? state.measure : state.sort);
const sorted = () => {
  const inside = ({ level }) => state.level === "all" || (state.level === "counties" ? COUNTIES.includes(level) : level === state.level);
  // A blank comes last whichever way the table is sorted.
  const amount = (place) => chosenOf(place, sortedBy())?.[1] ?? (state.down ? -Infinity : Infinity);
  const found = places.filter((place) => (!state.province || place.province.id === state.province) && inside(place))
    .sort((one, two) => (sortedBy() === "name" ? one.name.localeCompare(two.name, "zh") : amount(one) - amount(two)));
  return state.down ? found.reverse() : found;
};
const table = () => {
  const columns = [state.measure, ...COLUMNS.filter((name) => name !== state.measure)];
  const found = sorted(), listed = found.slice(0, state.shown);
  const units = new Map(columns.map((name) => [name, unitOf(name, listed.map((place) => chosenOf(place, name)))]));
  const heading = (name, label) => {
    const order = sortedBy() !== name ? "none" : state.down ? "descending" : "ascending";
    const sort = () => set({ sort: name, down: state.sort === name ? !state.down : name !== "name" });
    return columnHead(button(sort, {}, label), { class: name === "name" ? "" : "number", "aria-sort": order });
  };
  const row = (place) => {
    const name = link(place);
    name.addEventListener("click", () => element("place-name").scrollIntoView());
    const cells = columns.map((measure) => {
      const amount = chosenOf(place, measure), unit = units.get(measure);
      return make("td", {}, middleOf(amount, measure, unit), ...(measure === state.measure && amount ? [small(range(amount, measure, unit))] : []));
    });
    return rowOf([name, small(place.level === "province" ? "" : provinceName(place.province))], cells);
  };
  element("places").replaceChildren(...tableOf([heading("name", text("atlas.name")), ...columns.map((name) => heading(name, measureName(name)))], listed.map(row)));
  element("count").textContent = text("atlas.table_note", { shown: listed.length, rows: found.length });
  element("more").hidden = found.length <= state.shown;
};
const chart = (shown) => {
  const box = element("chart");
  const paths = shown.map((place) => years.map((year) => value(place, "60+", year)));
  const marks = ticks(Math.max(...paths.flat().map((found) => found[2])), 4);
  const unit = unitOf("60+", [[0, marks[1], 0]]);
  // Drawn at the width there is, so that letters keep their size.
  const width = Math.min(box.parentElement.clientWidth || 320, 544);
  const [left, right, first, last] = [62, width - 18, years[0], years.at(-1)];
  box.setAttribute("viewBox", `0 0 ${width} 210`);
  const x = (year) => left + ((right - left) * (year - first)) / (last - first);
  const y = (amount) => 180 - (168 * amount) / marks.at(-1);
  const lines = paths.flatMap((found, at) => {
    const colour = at ? "#b83f00" : "#12436d";
    const line = (end) => found.map((one, place) => `${x(years[place])},${y(one[end])}`);
    return [make("polygon", { points: [...line(2), ...line(0).reverse()].join(" "), fill: colour, opacity: 0.18 }),
      make("polyline", { points: line(1).join(" "), fill: "none", stroke: colour, "stroke-width": 2.2, ...(at ? { "stroke-dasharray": "5 3" } : {}) })];
  });
  box.replaceChildren(...grid(marks, y, left, right, (mark) => (mark ? number(mark, "60+", unit) : "0")),
    ...years.map((year) => make("text", { x: x(year), y: 199, "text-anchor": "middle", "font-size": 12, fill: "#56616d" }, year)), ...lines);
  const sentences = shown.map((place, at) => text("atlas.chart_said", {
    place: title(place), first, last, then: middleOf(paths[at][0], "60+", 1), later: number(paths[at].at(-1)[1], "60+", unitOf("60+", [paths[at].at(-1)])),
  }));
  box.setAttribute("aria-label", [text("atlas.chart"), ...sentences].join(either("，", ", ")));
  element("key").replaceChildren(...shown.map((place, at) => make("span", { class: `key${at ? " other" : ""}` }, title(place))));
};
const cards = (place) => {
  const home = byCode.get(place.province.code);
  const card = (head, value, range, ...content) => make("li", { class: "card" }, make("h3", {}, head), make("p", { class: "value" }, value, small(range)), ...content);
  const figure = (measure, head) => {
    const found = value(place, measure, data.year);
    return card(head ?? `${measureName(measure)} · ${data.year}`, middleOf(found, measure), range(found, measure));
  };
  const part = (whole) => `${((100 * older(place)) / whole).toFixed(2)}%`;
  const nation = part(provinces.reduce((sum, { code }) => sum + older(byCode.get(code)), 0));
  const peers = places.filter(({ level }) => (COUNTIES.includes(place.level) ? COUNTIES.includes(level) : level === place.level));
  const rank = (key, among) => make("li", {}, text(key, { rank: 1 + among.filter((peer) => older(peer) > older(place)).length, places: among.length }));
  const ranks = [...(place === home ? [] : [rank("atlas.rank", peers.filter((peer) => peer.province === place.province))]), rank("atlas.rank_nation", peers)];
  const shares = place === home ? "" : text("atlas.share_of", { province: part(older(home)), nation });
  return [figure("60+"), figure("share_60plus"), figure("80+"), figure("added_need_beds", measureName("added_need_beds")),
    card(text("atlas.shares"), nation, shares, make("ul", {}, ...ranks))];
};
const warnings = (place) => {
  const [low, middle, high] = value(place, "60+", data.year);
  const lost = data.unmatched[place.code];
  return [
    text("atlas.wide", { low: `${Math.round(100 * (1 - low / middle))}%`, high: `${Math.round(100 * (high / middle - 1))}%` }),
    value(place, "total", years[0])[1] < 1e5 && text("atlas.small"),
    lost && text(`atlas.unmatched.${lost}`),
    place.level === "district" && text("atlas.district"),
  ].filter(Boolean).join(" ");
};
const numbers = (shown) => {
  const heads = shown.flatMap((place) => years.map((year) => columnHead([year, ...(shown.length > 1 ? [small(title(place))] : [])], { class: "number" })));
  const cells = (place, measure) => {
    const found = yearsOf(measure).map((year) => value(place, measure, year));
    const unit = unitOf(measure, found);
    const contents = found.map((each) => (each ? [middleOf(each, measure, unit), small(range(each, measure, unit))] : []));
    const across = (...content) => [make("td", { colspan: years.length, class: "one" }, ...content)];
    if (!found.some(Boolean)) return across(text("atlas.blank"));
    return found.length < years.length ? across(...contents[0]) : contents.map((content) => make("td", {}, ...content));
  };
  return tableOf([columnHead(text("atlas.measure")), ...heads],
    measures.map((measure) => rowOf(measureName(measure), shown.flatMap((place) => cells(place, measure)))));
};
const stocks = (place) => {
  const found = Object.entries(data.stocks[place.code] ?? {}).map(([measure, [date, amount, unit]]) =>
    text("atlas.stock_dated", { stock: text(`atlas.stock.${measure}`), amount: `${amount.toLocaleString("en")}${text(`atlas.unit.${unit}`)}`, date }));
  return found.length ? text("atlas.stock_known", { stocks: found.join(either("；", "; ")) }) : text("atlas.stock");
};
const one = () => {
  const [place, other] = [byCode.get(state.place), byCode.get(state.other)];
  const shown = other ? [place, other] : [place];
  const home = byCode.get(place.province.code);
  const inner = places.filter((each) => each.above === place.code || (place === home && each.province === place.province && each.above === "" && each !== place));
  element("place-name").textContent = full(place);
  element("above").replaceChildren(text(`atlas.level.${place.level}`), " ", make("span", {}, place.code),
    ...(place === home ? [] : [" · ", text("atlas.above"), " ", link(byCode.get(place.above) || home)]));
  element("cards").replaceChildren(...cards(place));
  element("warnings").textContent = warnings(place);
  element("numbers").replaceChildren(...numbers(shown));
  element("inside").replaceChildren(...inner.flatMap((each, at) => [...(at ? [" · "] : [text("atlas.inside"), ": "]), link(each)]));
  element("stock").textContent = stocks(place);
  element("alone").hidden = !other;
  chart(shown);
};
const scores = () => {
  const heads = [["level"], ["size"], ["places_scored"], ...["60+", "65+", "80+"].flatMap((age) => [["mape", age], ["cover", age]])];
  element("scores").replaceChildren(...tableOf(
    heads.map(([key, age]) => columnHead([text(`atlas.${key}`), ...(age ? [small(age)] : [])], { class: age ? "number" : "" })),
    data.scores.map(([kind, size, count, ...found]) => rowOf(text(`atlas.level.${kind}`),
      [text(`atlas.size.${size}`), count.toLocaleString("en"), ...found.map((score, at) => `${score.toFixed(at % 2 ? 0 : 1)}%`)].map((words) => make("td", {}, words)))),
  ));
};
const csv = () => {
  const heads = ["csv.code", "name", "level", "province", "year", "measure", "csv.low", "csv.median", "csv.high"];
  const written = (amount) => (isShare(state.measure) ? amount.toFixed(3) : Math.round(amount));
  return csvOf([heads.map((key) => text(`atlas.${key}`)), ...sorted().filter((place) => chosenOf(place)).map((place) =>
    [place.code, place.name, text(`atlas.level.${place.level}`), provinceName(place.province), yearOf(state.measure), measureName(state.measure), ...chosenOf(place).map(written)])]);
};

const draw = () => {
  translate("atlas.title");
  element("subtitle").textContent = text("atlas.subtitle", { first: years[0], later: years.slice(1).join(either("、", ", ")) });
  element("method").textContent = text("atlas.method", data.method);
  for (const part of [controls, one, map, strip, table, scores]) part();
  remember(Object.keys(choices).filter((name) => state[name] !== "").map((name) => [name, state[name]]));
};
const set = (changes) => { Object.assign(state, { shown: 100 }, changes); draw(); };
const read = () => { state = fromAddress(defaults(), choices); draw(); };
onChoice("change", Object.keys(choices), (name, chosen) => set({ [name]: chosen, ...(name === "measure" ? { sort: "median", down: true } : {}) }));
onClick({
  language: () => set({ lang: either("en", "zh") }),
  more: () => { state.shown += 400; table(); },
  csv: () => download(`atlas_${state.measure}_${yearOf(state.measure)}.csv`, csv()),
  alone: () => set({ other: "" }),
});
search("search", element("hits"), "place");
search("other", element("other-hits"), "other");
follow(read, one);
