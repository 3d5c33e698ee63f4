// Text whose contrast with what lies behind it is below WCAG 2 AA: 4.5, or 3 for large letters.
const parse = (colour) => {
  const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
  const size = colour.startsWith("color(srgb") ? 255 : 1; // a mixed colour is told in parts of one
  return [r * size, g * size, b * size, a];
};
const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = (node) => {
  for (; node; node = node.parentElement) {
    const colour = parse(getComputedStyle(node).backgroundColor);
    if (colour[3] === 1) return colour;
  }
  return [255, 255, 255, 1];
};
const found = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let text; (text = walker.nextNode()); ) {
  const parent = text.parentElement;
  if (!text.textContent.trim() || parent.closest("svg, script, style, noscript, .watermark") || !parent.checkVisibility()) continue;
  const style = getComputedStyle(parent);
  const [one, two] = [light(parse(style.color)), light(behind(parent))].sort((a, b) => b - a);
  const contrast = (one + 0.05) / (two + 0.05);
  if (contrast < (parseFloat(style.fontSize) >= 24 ? 3 : 4.5)) found.add(`${contrast.toFixed(2)} ${parent.tagName}.${parent.className}`);
}
return [...found];
