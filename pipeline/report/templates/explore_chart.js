// Elements, and bars by year drawn at the width that there is so that words keep their size.
const make = (tag, content = "", attributes = {}) => {
  const made = tag === "svg" || attributes.svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  if (Array.isArray(content)) made.append(...content);
  else if (content !== "") made.textContent = content;
  for (const [name, value] of Object.entries(attributes)) if (name !== "svg") made.setAttribute(name, value);
  return made;
};

// `values` are the items of each year, [middle, low, high] or none: beside one another with their range, or stacked.
const bars = ({ values, names, caption, width, digits, stacked, years, chosen, said }) => {
  const colours = stacked ? ["#7fb2d9", "#3a7ab0", "#12436d"] : ["#7fb2d9", "#e9a26b"];
  const tops = values.map((row) => (stacked ? row.reduce((sum, item) => sum + item[0], 0) : Math.max(...row.map((item) => (item ? item[2] : 0)))));
  const most = Math.max(...tops, 1);
  const step = [1, 2, 2.5, 5, 10].map((part) => part * 10 ** Math.floor(Math.log10(most / 4))).find((part) => most / part <= 5);
  const top = Math.ceil(most / step) * step;
  const left = Math.max(...[0, top].map((value) => digits(value).length)) * 7.5 + 10;
  const [height, foot] = [220, 24];
  const y = (value) => 10 + (height - 10) * (1 - value / top);
  const band = (width - left) / years.length;
  const bar = Math.min(band * (stacked ? 0.5 : 0.34), 44);
  const parts = [];
  const add = (tag, attributes, content = "") => parts.push(make(tag, content, { svg: true, ...attributes }));
  for (let value = 0; value <= top + step / 2; value += step) {
    add("line", { x1: left, x2: width, y1: y(value), y2: y(value), stroke: "#d5dbe1" });
    add("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end", "font-size": 12, fill: "#56616d" }, digits(value, 1));
  }
  years.forEach((year, i) => {
    const centre = left + band * (i + 0.5);
    add("text", { x: centre, y: height + 18, "text-anchor": "middle", "font-size": 13, fill: "#1d2733", "font-weight": year === chosen ? 600 : 400 }, String(year));
    let base = 0;
    values[i].forEach((item, s) => {
      if (!item) return;
      const x = stacked ? centre - bar / 2 : centre + (s - 1) * (bar + 2);
      const from = stacked ? base : 0;
      add("rect", { x, y: y(from + item[0]), width: bar, height: Math.max(y(from) - y(from + item[0]), 0), fill: colours[s] });
      base += item[0];
      if (stacked || item[1] === item[2]) return;
      add("line", { x1: x + bar / 2, x2: x + bar / 2, y1: y(item[1]), y2: y(item[2]), stroke: "#1d2733", "stroke-width": 1.5 });
    });
  });
  const drawn = make("svg", parts, { viewBox: `0 0 ${width} ${height + foot}`, width, height: height + foot, role: "img", "aria-label": said });
  const keys = make("p", names.map((name, s) => make("span", name, { style: `--key:${colours[s]}` })), { class: "keys" });
  return make("figure", [make("figcaption", caption), keys, drawn]);
};
