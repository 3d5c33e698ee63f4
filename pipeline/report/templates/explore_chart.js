// Bars by year, drawn at the width that there is so that words keep their size.
// `values` are the items of each year, [middle, low, high] or none: beside one another with their range, or stacked.
const bars = ({ values, names, caption, width, digits, stacked, chosen, label }) => {
  const colours = stacked ? ["#7fb2d9", "#3a7ab0", "#12436d"] : ["#7fb2d9", "#e9a26b"];
  const tops = values.map((row) => (stacked ? row.reduce((sum, item) => sum + item[0], 0) : Math.max(...row.map((item) => (item ? item[2] : 0)))));
  const marks = ticks(Math.max(...tops, 1), 5);
  const top = marks.at(-1);
  const left = Math.max(...[0, top].map((value) => digits(value).length)) * 7.5 + 10;
  const [height, foot] = [220, 24];
  const y = (value) => 10 + (height - 10) * (1 - value / top);
  const band = (width - left) / data.years.length;
  const bar = Math.min(band * (stacked ? 0.5 : 0.34), 44);
  const parts = grid(marks, y, left, width, (value) => digits(value, 1));
  data.years.forEach((year, i) => {
    const centre = left + band * (i + 0.5);
    parts.push(make("text", { x: centre, y: height + 18, "text-anchor": "middle", "font-size": 13, fill: "#1d2733", "font-weight": year === chosen ? 600 : 400 }, year));
    let base = 0;
    values[i].forEach((item, s) => {
      if (!item) return;
      const x = stacked ? centre - bar / 2 : centre + (s - 1) * (bar + 2);
      const from = stacked ? base : 0;
      parts.push(make("rect", { x, y: y(from + item[0]), width: bar, height: Math.max(y(from) - y(from + item[0]), 0), fill: colours[s] }));
      base += item[0];
      if (stacked || item[1] === item[2]) return;
      parts.push(make("line", { x1: x + bar / 2, x2: x + bar / 2, y1: y(item[1]), y2: y(item[2]), stroke: "#1d2733", "stroke-width": 1.5 }));
    });
  });
  const svg = make("svg", { viewBox: `0 0 ${width} ${height + foot}`, width, height: height + foot, role: "img", "aria-label": label }, ...parts);
  const keys = make("p", { class: "keys" }, ...names.map((name, s) => make("span", { style: `--key:${colours[s]}` }, name)));
  return make("figure", {}, make("figcaption", {}, caption), keys, svg);
};
