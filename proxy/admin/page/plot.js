// Plots of the last five minutes: one SVG each, drawn anew with every tick, with a legend that says
// the present values in words.

const kKeptTicks = 300;
const kPlotHeight = 150;
const kLeft = 52;
const kBottom = 18;

const ticks = [];

// A pause of the stream is a gap, never a line across it.
function rememberTick(tick) {
  ticks.push({ ...tick, time: Date.now() });
  while (ticks.length > kKeptTicks) ticks.shift();
}

// "10.0 ms" is 10 ms on an axis.
const axisText = (text) => text.replace(/\.0+(?=\D|$)/, "");

// The next "round" number: 1, 2 or 5 times a power of ten.
function roundUp(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999);
}

class Plot {
  // `series(tick)` is {name: value}; `stacked` plots pile them up, others draw lines.
  constructor({ title, series, text, stacked, order = [] }) {
    Object.assign(this, { title, series, text, stacked });
    this.names = [...order];
    this.svg = draw("svg", { class: "plot", role: "img", height: kPlotHeight });
    this.legend = make("ul", { class: "legend" });
    this.element = make("figure", {}, make("figcaption", {}, title), this.svg, this.legend);
  }

  // In the order of their first appearance, so that a colour keeps its meaning.
  noteNames(values) {
    for (const name of Object.keys(values)) {
      if (!this.names.includes(name)) this.names.push(name);
    }
  }

  render() {
    const values = ticks.map((tick) => this.series(tick));
    values.forEach((each) => this.noteNames(each));
    const width = Math.max(this.svg.clientWidth, 200);
    const top = roundUp(Math.max(...values.map((each) => this.heightOf(each)), 0));
    const x = (index) => width - 4 - ((ticks.length - 1 - index) * (width - kLeft - 4)) / (kKeptTicks - 1);
    const y = (value) => kPlotHeight - kBottom - (value / top) * (kPlotHeight - kBottom - 8);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${kPlotHeight}`);
    const shapes = this.stacked ? this.bars(values, x, y, width) : this.lines(values, x, y);
    this.svg.replaceChildren(...this.grid(top, y, width), ...shapes);
    this.tell(values.at(-1) || {});
  }

  heightOf(values) {
    const numbers = Object.values(values).map(numberOf);
    return this.stacked ? numbers.reduce((sum, value) => sum + value, 0) : Math.max(0, ...numbers);
  }

  grid(top, y, width) {
    const marks = [0, top / 2, top].flatMap((value) => [
      draw("line", { class: "grid", x1: kLeft, x2: width - 4, y1: y(value), y2: y(value) }),
      draw("text", { class: "axis", x: kLeft - 6, y: y(value) + 4, "text-anchor": "end" }, axisText(this.text(value))),
    ]);
    const times = [["5 min ago", kLeft, "start"], ["now", width - 4, "end"]].map(([text, x, anchor]) =>
      draw("text", { class: "axis", x, y: kPlotHeight - 3, "text-anchor": anchor }, text));
    return [...marks, ...times];
  }

  bars(values, x, y, width) {
    const thick = Math.max((width - kLeft) / kKeptTicks, 1.2);
    const paths = this.names.map(() => "");
    values.forEach((each, index) => {
      let below = 0;
      this.names.forEach((name, nth) => {
        const value = numberOf(each[name]);
        if (value <= 0) return;
        const left = (x(index) - thick / 2).toFixed(1);
        const [low, high] = [y(below).toFixed(1), y(below + value).toFixed(1)];
        paths[nth] += `M${left} ${low}V${high}h${thick.toFixed(1)}V${low}z`;
        below += value;
      });
    });
    return paths.map((d, nth) => draw("path", { class: "bar", "data-series": nth % 6, d }));
  }

  lines(values, x, y) {
    return this.names.map((name, nth) => {
      let d = "";
      let before = NaN;
      values.forEach((each, index) => {
        const value = each[name];
        const gap = !Number.isFinite(before) || ticks[index].time - ticks[index - 1].time > 3000;
        if (Number.isFinite(value)) d += `${gap ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
        before = value;
      });
      return draw("path", { class: "line", "data-series": nth % 6, d });
    });
  }

  tell(latest) {
    const shown = this.names.map((name, nth) => [name, nth, this.text(latest[name])]);
    this.svg.setAttribute("aria-label", `${this.title}. Now: ${shown.map(([name, , text]) => `${name} ${text}`).join(", ") || "nothing"}`);
    keepChildren(
      this.legend,
      shown,
      ([name]) => name,
      ([name, nth]) => make("li", {}, make("span", { class: "swatch", "data-series": nth % 6 }), `${name} `, make("b")),
      (item, [, , text]) => setText(item.lastElementChild, text),
    );
  }
}

const plots = [
  new Plot({
    title: "Requests a second, by status",
    series: (tick) => tick.codes_per_s || {},
    text: rateText,
    stacked: true,
    order: ["2xx", "3xx", "4xx", "5xx"],
  }),
  new Plot({
    title: "Failures a second, by cause",
    series: (tick) => Object.fromEntries(positiveCounts(tick.failures_per_s)),
    text: rateText,
    stacked: true,
  }),
  new Plot({
    title: "Latency",
    series: (tick) => {
      const latencies = { p50: tick.p50_ms, p90: tick.p90_ms, p99: tick.p99_ms, "poise itself, p99": tick.self_p99_ms };
      return Object.fromEntries(Object.entries(latencies).map(([name, value]) => [name, value > 0 ? value : NaN]));
    },
    text: msText,
    stacked: false,
  }),
];

function renderPlots() {
  for (const plot of plots) plot.render();
}
