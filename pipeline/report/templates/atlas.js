(async () => {
  if (!await unpack("atlas.old_browser")) return;
  const { years, measures, provinces, levels, values, held } = data;
  const COUNTIES = ["county", "county_city", "district"];
  const WHOLE = "share_60plus";
  const places = data.places.map(([code, name, pinyin, level, province, above], at) =>
    ({ at, code, name, pinyin, level: levels[level], province: provinces[province], above }));
  const byCode = new Map(places.map((place) => [place.code, place]));
  state = { lang: "zh", place: data.start, other: "", measure: "60+", year: data.year, province: "", level: "counties", sort: "median", down: true, shown: 100 };

  // Values are kept as [median, below, above] of each place, shares in tenths of a percent.
  const value = (place, measure, year) => {
    if (data.sparse.includes(measure)) {
      const [middle, below, above] = held[place.code]?.[measure]?.[year] ?? [];
      return middle === undefined ? null : [middle - below, middle, middle + above];
    }
    const norm = data.norms[measure];
    const column = values[norm ? "60+" : measure]?.[years.indexOf(year)];
    if (!column) return null;
    const factor = norm || (measure === WHOLE ? 0.001 : 1);
    const middle = column[0][place.at];
    return [middle - column[1][place.at], middle, middle + column[2][place.at]].map((number) => number * factor);
  };
  const yearsOf = (measure) => (measure.startsWith("added_") ? [data.year] : years);
  const yearOf = (measure) => (yearsOf(measure).includes(state.year) ? state.year : data.year);
  const chosenOf = (place, measure = state.measure) => value(place, measure, yearOf(measure));
  // One unit for all that stands together: 万 or millions only where every median reaches one. What was counted is exact.
  const unitOf = (measure, found) => {
    const size = either(1e4, 1e6);
    const middles = found.filter(Boolean).map((each) => Math.abs(each[1]));
    return measure !== WHOLE && middles.length && Math.min(...middles) >= size ? size : 1;
  };
  const number = (amount, measure, unit = 1) => {
    if (amount === null || Number.isNaN(amount)) return text("atlas.blank");
    if (measure === WHOLE) return `${(100 * amount).toFixed(1)}%`;
    const rounded = Number(amount.toPrecision(3)) / unit;
    const digits = unit === 1 || !rounded ? 0 : Math.min(2, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded)))));
    return rounded.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }) + { 1: "", 1e4: "万", 1e6: "m" }[unit];
  };
  const middleOf = (found, measure, unit = unitOf(measure, [found])) => {
    const counted = found && measure !== WHOLE && found[0] === found[2];
    return counted ? Math.round(found[1]).toLocaleString("en") : number(found?.[1] ?? null, measure, unit);
  };
  const range = (found, measure, unit = unitOf(measure, [found])) => {
    const [low, high] = [found[0], found[2]].map((end) => number(end, measure, unit));
    return found[0] === found[2] || low === high ? "" : `${low}–${high}`;
  };
  const measureName = (measure) => text(`atlas.measure.${measure}`);
  const title = (place) => either(place.name, `${place.pinyin} ${place.name}`);
  const provinceName = (province) => province[state.lang];
  const full = (place) => (place.level === "province" ? title(place) : `${title(place)}${either("，", ", ")}${provinceName(place.province)}`);
  const link = (place, words = title(place)) => make("button", { type: "button", on: () => set({ place: place.code }) }, words);
  const small = (words) => make("small", {}, words);

  const find = (words) => {
    const wanted = words.trim().toLowerCase().replace(/[\s'’]/g, "");
    if (!wanted) return [];
    const score = (place) => {
      const names = [place.code, place.name, place.pinyin.toLowerCase()];
      if (names.includes(wanted)) return 0;
      if (names.some((name) => name.startsWith(wanted))) return 1;
      return place.name.includes(wanted) ? 2 : 9;
    };
    const older = (place) => value(place, "60+", data.year)[1];
    return places.map((place) => [score(place), place]).filter(([points]) => points < 9)
      .sort(([a, one], [b, two]) => a - b || older(two) - older(one)).slice(0, 12).map(([, place]) => place);
  };
  const search = (field, list, choose) => {
    const entry = (place) => {
      const on = () => { field.value = ""; list.replaceChildren(); choose(place.code); };
      return make("li", {}, make("button", { type: "button", on }, full(place), " ", make("span", { class: "quiet" }, place.code)));
    };
    field.addEventListener("input", () => {
      const hits = find(field.value);
      list.replaceChildren(...(hits.length || !field.value.trim() ? hits.map(entry) : [make("li", {}, text("atlas.none"))]));
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      list.querySelector("button")?.click();
    });
  };

  const controls = () => {
    fill("measure", ["", measures.map((name) => [name, measureName(name)])]);
    fill("year", ["", yearsOf(state.measure).map((year) => [year, year])]);
    fill("province", ["", [["", text("atlas.all_provinces")], ...provinces.map((province) => [province.id, provinceName(province)])]]);
    fill("level", ["", ["all", "counties", ...levels].map((level) => [level, text(`atlas.level.${level}`)])]);
  };
  const shade = (share) => {
    const part = 0.08 + 0.87 * share;
    return { background: `color-mix(in srgb, #12436d ${Math.round(100 * part)}%, white)`, color: part > 0.71 ? "#fff" : "#000" };
  };
  const map = () => {
    const found = provinces.map((province) => chosenOf(byCode.get(province.code)));
    const there = found.filter(Boolean).map((each) => each[1]);
    const [low, high] = [Math.min(...there), Math.max(...there)];
    const unit = unitOf(state.measure, found);
    element("map").replaceChildren(...provinces.map((province, at) => {
      const amount = found[at]?.[1] ?? null;
      const tile = make("button", {
        type: "button", "aria-pressed": state.province === province.id, title: `${provinceName(province)} ${number(amount, state.measure, unit)}`,
        on: () => set({ province: state.province === province.id ? "" : province.id, place: province.code }),
      }, either(province.short, province.letters));
      Object.assign(tile.style, amount === null ? {} : shade((amount - low) / (high - low || 1)), { gridColumn: province.tile[0], gridRow: province.tile[1] });
      return tile;
    }));
  };
  const strip = () => {
    const home = provinces.find((province) => province.id === state.province) || byCode.get(state.place).province;
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
      const row = { type: "button", class: `row${place.code === state.place ? " chosen" : ""}`, title: `${title(place)} ${range(found, state.measure, unit)}` };
      return make("button", { ...row, on: () => set({ place: place.code }) },
        make("span", {}, either(place.name, place.pinyin)), picture, make("span", {}, middleOf(found, state.measure, unit)));
    }));
  };
  const COLUMNS = ["60+", "65+", "80+", "total", WHOLE, "need_beds", "norm_beds"];
  const sortedBy = () => (state.sort === "median" ? state.measure : state.sort);
  const sorted = () => {
    const inside = (place) => state.level === "all" || (state.level === "counties" ? COUNTIES.includes(place.level) : place.level === state.level);
    // A blank comes last whichever way the table is sorted.
    const amount = (place) => chosenOf(place, sortedBy())?.[1] ?? (state.down ? -Infinity : Infinity);
    const found = places.filter((place) => (!state.province || place.province.id === state.province) && inside(place))
      .sort((one, two) => (sortedBy() === "name" ? one.name.localeCompare(two.name, "zh") : amount(one) - amount(two)));
    return state.down ? found.reverse() : found;
  };
  const table = () => {
    const columns = [state.measure, ...COLUMNS.filter((name) => name !== state.measure)];
    const found = sorted();
    const listed = found.slice(0, state.shown);
    const units = new Map(columns.map((name) => [name, unitOf(name, listed.map((place) => chosenOf(place, name)))]));
    const heading = (name, label) => {
      const order = sortedBy() !== name ? "none" : state.down ? "descending" : "ascending";
      const on = () => set({ sort: name, down: state.sort === name ? !state.down : name !== "name" });
      return make("th", { scope: "col", class: name === "name" ? "" : "number", "aria-sort": order }, make("button", { type: "button", on }, label));
    };
    const head = (place) => {
      const name = link(place);
      name.addEventListener("click", () => element("place-name").scrollIntoView());
      return make("th", { scope: "row" }, name, small(place.level === "province" ? "" : provinceName(place.province)));
    };
    const cell = (place, name) => {
      const amount = chosenOf(place, name);
      return make("td", {}, middleOf(amount, name, units.get(name)), ...(name === state.measure && amount ? [small(range(amount, name, units.get(name)))] : []));
    };
    element("places").replaceChildren(...tableOf([heading("name", text("atlas.name")), ...columns.map((name) => heading(name, measureName(name)))],
      listed.map((place) => make("tr", {}, head(place), ...columns.map((name) => cell(place, name))))));
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
    const parts = grid(marks, y, left, right, (mark) => (mark ? number(mark, "60+", unit) : "0"));
    parts.push(...years.map((year) => make("text", { x: x(year), y: 199, "text-anchor": "middle", "font-size": 12, fill: "#56616d" }, year)));
    paths.forEach((found, at) => {
      const colour = at ? "#b83f00" : "#12436d";
      const line = (end) => found.map((one, place) => `${x(years[place])},${y(one[end])}`);
      parts.push(make("polygon", { points: [...line(2), ...line(0).reverse()].join(" "), fill: colour, opacity: 0.18 }),
        make("polyline", { points: line(1).join(" "), fill: "none", stroke: colour, "stroke-width": 2.2, ...(at ? { "stroke-dasharray": "5 3" } : {}) }));
    });
    box.replaceChildren(...parts);
    const sentences = shown.map((place, at) => {
      const [then, later] = [paths[at][0], paths[at].at(-1)];
      return text("atlas.chart_said", { place: title(place), first, last, then: middleOf(then, "60+", 1), later: number(later[1], "60+", unitOf("60+", [later])) });
    });
    box.setAttribute("aria-label", [text("atlas.chart"), ...sentences].join(either("，", ", ")));
    element("key").replaceChildren(...shown.map((place, at) => make("span", { class: `key${at ? " other" : ""}` }, title(place))));
  };
  const cards = (place) => {
    const home = byCode.get(place.province.code);
    const older = (each) => value(each, "60+", data.year)[1];
    const card = (head, ...content) => make("li", { class: "card" }, make("h3", {}, head), ...content);
    const figure = (measure, year) => {
      const found = value(place, measure, year);
      const head = measure.startsWith("added_") ? measureName(measure) : `${measureName(measure)} · ${year}`;
      return card(head, make("p", { class: "value" }, middleOf(found, measure), small(range(found, measure))));
    };
    const part = (whole) => `${((100 * older(place)) / whole).toFixed(2)}%`;
    const nation = part(provinces.reduce((sum, province) => sum + older(byCode.get(province.code)), 0));
    const peers = places.filter((peer) => (COUNTIES.includes(place.level) ? COUNTIES.includes(peer.level) : peer.level === place.level));
    const rank = (key, among) => make("li", {}, text(key, { rank: 1 + among.filter((peer) => older(peer) > older(place)).length, places: among.length }));
    const ranks = [...(place === home ? [] : [rank("atlas.rank", peers.filter((peer) => peer.province === place.province))]), rank("atlas.rank_nation", peers)];
    const shares = small(place === home ? "" : text("atlas.share_of", { province: part(older(home)), nation }));
    return [figure("60+", data.year), figure(WHOLE, data.year), figure("80+", data.year), figure("added_need_beds", data.year),
      card(text("atlas.shares"), make("p", { class: "value" }, nation, shares), make("ul", {}, ...ranks))];
  };
  const warnings = (place) => {
    const [low, middle, high] = value(place, "60+", data.year);
    const found = [text("atlas.wide", { low: `${Math.round(100 * (1 - low / middle))}%`, high: `${Math.round(100 * (high / middle - 1))}%` })];
    if (value(place, "total", years[0])[1] < 1e5) found.push(text("atlas.small"));
    if (data.unmatched[place.code]) found.push(text(`atlas.unmatched.${data.unmatched[place.code]}`));
    if (place.level === "district") found.push(text("atlas.district"));
    return found.join(" ");
  };
  const numbers = (shown) => {
    const heads = shown.flatMap((each) => years.map((year) => make("th", { scope: "col", class: "number" }, year, ...(shown.length > 1 ? [small(title(each))] : []))));
    const cells = (place, measure) => {
      const found = yearsOf(measure).map((year) => value(place, measure, year));
      const unit = unitOf(measure, found);
      const said = found.map((each) => each && [middleOf(each, measure, unit), small(range(each, measure, unit))]);
      const across = (...content) => [make("td", { colspan: years.length, class: "one" }, ...content)];
      if (!said.some(Boolean)) return across(text("atlas.blank"));
      return said.length < years.length ? across(...said[0]) : said.map((cell) => make("td", {}, ...(cell ?? [])));
    };
    return tableOf([make("th", { scope: "col" }, text("atlas.measure")), ...heads], measures.map((measure) =>
      make("tr", {}, make("th", { scope: "row" }, measureName(measure)), ...shown.flatMap((place) => cells(place, measure)))));
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
    const above = byCode.get(place.above) || home;
    const inner = places.filter((each) => each.above === place.code || (place.level === "province" && each.province === place.province && each.above === "" && each !== place));
    element("place-name").textContent = full(place);
    element("above").replaceChildren(text(`atlas.level.${place.level}`), " ", make("span", {}, place.code),
      ...(place === home ? [] : [" · ", text("atlas.above"), " ", link(above)]));
    element("cards").replaceChildren(...cards(place));
    element("warnings").textContent = warnings(place);
    element("numbers").replaceChildren(...numbers(shown));
    element("inside").replaceChildren(...inner.flatMap((each, at) => [...(at ? [" · "] : [text("atlas.inside"), ": "]), link(each)]));
    element("stock").textContent = stocks(place);
    element("alone").hidden = !other;
    chart(shown);
  };
  const scores = () => {
    const heads = [["atlas.level"], ["atlas.size"], ["atlas.places_scored"], ...["60+", "65+", "80+"].flatMap((age) => [["atlas.mape", age], ["atlas.cover", age]])];
    element("scores").replaceChildren(...tableOf(
      heads.map(([key, age]) => make("th", { scope: "col", class: age ? "number" : "" }, text(key), ...(age ? [small(age)] : []))),
      data.scores.map(([kind, size, number, ...found]) => make("tr", {}, make("th", { scope: "row" }, text(`atlas.level.${kind}`)),
        ...[text(`atlas.size.${size}`), number.toLocaleString("en"), ...found.map((score, at) => `${score.toFixed(at % 2 ? 0 : 1)}%`)].map((words) => make("td", {}, words)))),
    ));
  };
  const csv = () => {
    const heads = ["atlas.csv.code", "atlas.name", "atlas.level", "atlas.province", "atlas.year", "atlas.measure", "atlas.csv.low", "atlas.csv.median", "atlas.csv.high"];
    const written = (amount) => (state.measure === WHOLE ? amount.toFixed(3) : Math.round(amount));
    return csvOf([heads.map((key) => text(key)), ...sorted().filter((place) => chosenOf(place)).map((place) =>
      [place.code, place.name, text(`atlas.level.${place.level}`), provinceName(place.province), yearOf(state.measure), measureName(state.measure), ...chosenOf(place).map(written)])]);
  };

  const choices = {
    lang: Object.keys(data.texts), place: [...byCode.keys()], other: "any", measure: measures, year: years,
    province: ["", ...provinces.map((province) => province.id)], level: ["all", "counties", ...levels],
  };
  const show = () => {
    translate("atlas.title");
    element("subtitle").textContent = text("atlas.subtitle", { first: years[0], later: years.slice(1).join(either("、", ", ")) });
    element("method").textContent = text("atlas.method", data.method);
    for (const draw of [controls, one, map, strip, table, scores]) draw();
    const kept = Object.keys(choices).filter((name) => state[name] !== "").map((name) => [name, state[name]]);
    history.replaceState(null, "", `#${new URLSearchParams(kept)}`);
    document.body.dataset.shown = location.hash;
  };
  const set = (changes) => { Object.assign(state, { shown: 100 }, changes); show(); };
  const read = () => { state = fromAddress(state, choices); show(); };
  onChange("measure", (measure) => set({ measure, sort: "median", down: true }));
  for (const name of ["year", "province", "level"]) onChange(name, (chosen) => set({ [name]: chosen }));
  onClick("language", () => set({ lang: either("en", "zh") }));
  onClick("more", () => { state.shown += 400; table(); });
  onClick("csv", () => download(`atlas_${state.measure}_${yearOf(state.measure)}.csv`, csv()));
  onClick("print", () => print());
  onClick("alone", () => set({ other: "" }));
  element("choices").addEventListener("submit", (event) => event.preventDefault());
  search(element("search"), element("hits"), (place) => set({ place }));
  search(element("other"), element("other-hits"), (other) => set({ other }));
  follow(read, one);
  read();
})();
