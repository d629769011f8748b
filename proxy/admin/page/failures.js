// The flight recorder: failed and slow requests, each with its timeline as a bar and in words.

const kAskedFailures = 50;
const kShownAtFirst = 8;
let showsAllFailures = false;

// What lies between two marks of a timeline, and belongs to the first: [{what, detail, at, ms}]. The
// clock of a request starts with its first byte: what its connection did before takes none of it.
function stretchesOf(failure) {
  const marks = Array.isArray(failure.timeline) ? failure.timeline : [];
  const end = Math.max(numberOf(failure.duration_ms), ...marks.map((mark) => numberOf(mark.at_ms)), 0);
  return marks.map((mark, index) => {
    const next = index + 1 < marks.length ? numberOf(marks[index + 1].at_ms) : end;
    const from = Math.max(numberOf(mark.at_ms), 0);
    return { what: mark.what, detail: mark.detail, at: numberOf(mark.at_ms), from, ms: Math.max(next - from, 0) };
  });
}

function timelineBar(stretches) {
  const total = stretches.reduce((sum, each) => sum + each.ms, 0) || 1;
  const longest = stretches.reduce((a, b) => (b.ms > a.ms ? b : a), { ms: -1 });
  const bar = draw("svg", { class: "timeline", role: "img", viewBox: "0 0 1000 14", preserveAspectRatio: "none", height: 14 });
  const words = longest.ms >= 0 ? `longest after ${longest.what}: ${msText(longest.ms)} of ${msText(total)}` : "no marks";
  bar.setAttribute("aria-label", `Timeline, ${words}`);
  stretches.forEach((each, index) => {
    const x = (each.from / total) * 1000;
    const width = Math.max((each.ms / total) * 1000, 2);
    bar.append(draw("rect", { x, y: 0, width, height: 14, class: each === longest ? "longest" : "", "data-series": index % 6 },
      draw("title", {}, `${each.what} ${msText(each.ms)}`)));
  });
  return bar;
}

function timelineList(stretches) {
  return make("ol", { class: "marks" }, ...stretches.map((each, index) =>
    make("li", {}, make("span", { class: "swatch", "data-series": index % 6 }),
      make("span", { class: "number" }, msText(each.at)), make("b", {}, each.what || "?"), make("span", {}, each.detail || ""))));
}

function attemptText(attempt, nth) {
  const chosen = (attempt.candidates || []).map((each) => {
    const score = Number.isFinite(each.score) ? ` ${threeDigits(each.score)}` : "";
    return `${each.chosen ? "→ " : ""}${each.name} (${each.state}${score})`;
  });
  const among = chosen.length > 0 ? `; chosen among ${chosen.join(", ")}` : "";
  return `Try ${nth + 1}: ${attempt.backend || "no backend"}, ${msText(attempt.ms)}, ${attempt.outcome || "?"}${among}`;
}

function failureDetails(failure) {
  const stretches = stretchesOf(failure);
  const rows = [
    ["client", failure.client], ["listener", failure.listener], ["route", failure.route], ["phase", failure.phase],
    ["error", [failure.error, failure.errno].filter((part) => part && part !== "-").join(", ")], ["trace", failure.trace_id], ["id", failure.id],
  ].filter(([, text]) => text && text !== "-");
  const facts = make("dl", { class: "pairs" }, ...rows.map(([name, text]) => make("div", {}, make("dt", {}, name), make("dd", {}, String(text)))));
  const attempts = (failure.attempts || []).map((attempt, nth) => make("li", {}, attemptText(attempt, nth)));
  return make("div", { class: "inside" }, timelineBar(stretches), timelineList(stretches), make("ul", { class: "attempts" }, ...attempts), facts);
}

function makeFailure(failure) {
  const target = `${failure.method || ""} ${failure.host || ""}${failure.path || ""}`.trim() || failure.listener || "?";
  const failed = failure.kind !== "slow";
  const cause = failed ? failure.cause || "failed" : "slow";
  const where = [failure.pool, failure.backend].filter((part) => part && part !== "-").join("/");
  const summary = make("summary", {},
    make("span", { class: "at" }, clockText(failure.at)),
    make("span", { class: "badge", "data-kind": failed ? "bad" : "wait" }, cause),
    make("span", { class: "status" }, failure.status ? String(failure.status) : "–"),
    make("span", { class: "target" }, target),
    make("span", { class: "where" }, where || "no backend"),
    make("span", { class: "number" }, msText(failure.duration_ms)));
  const details = make("details", {}, summary);
  // Drawn when opened: fifty timelines nobody looks at are not free.
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(failureDetails(failure));
  });
  return details;
}

function renderFailures(failures) {
  // The slow ones went well in the end: those that failed come first, the newest of each first.
  const sorted = [...failures].sort((a, b) => (a.kind === "slow") - (b.kind === "slow"));
  const shown = showsAllFailures ? sorted : sorted.slice(0, kShownAtFirst);
  byId("more-failures").hidden = shown.length === failures.length;
  setText(byId("more-failures"), `Show all ${failures.length}`);
  byId("no-failures").hidden = shown.length > 0;
  keepChildren(byId("failures"), shown, (failure) => failure.id || `${failure.at} ${failure.path}`, makeFailure, () => {});
}

function offerCauses(causes) {
  const select = byId("cause");
  const known = new Set([...select.options].map((option) => option.value));
  for (const cause of causes) {
    if (cause && cause !== "-" && !known.has(cause)) {
      known.add(cause);
      select.append(make("option", { value: cause }, cause));
    }
  }
}
