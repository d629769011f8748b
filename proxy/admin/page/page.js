// The page: what is known, when it is asked for again, and where it is shown.

const kNothingYet = { status: {}, pools: [], tick: {} };
const known = { ...kNothingYet, isLive: false, lostAt: null };
const kLogLines = 50;

function showAlert(text) {
  setText(byId("alert"), text);
  byId("alert").hidden = text === "";
}

// ---- showing

function renderVerdict() {
  const troubles = troublesOf(known.status, known.pools, known.tick, Date.now());
  if (known.lostAt) {
    troubles.unshift({ degree: "outage", subject: "poise", words: `has not been heard of since ${clockText(known.lostAt)}. What is below is from then.` });
  }
  const degree = troubles.length > 0 ? troubles[0].degree : "fine";
  setData(byId("verdict"), "degree", degree);
  const headline = known.lostAt ? "No word from poise" : verdictText(known.pools, troubles);
  setText(byId("verdict-title"), headline);
  document.title = degree === "fine" || degree === "notice" ? "poise" : `✕ ${headline} – poise`;
  keepChildren(byId("troubles"), troubles, (trouble) => trouble.degree + trouble.subject,
    (trouble) => make("li", { "data-degree": trouble.degree }, make("b"), make("span")),
    (item, trouble) => {
      setText(item.firstElementChild, trouble.subject);
      setText(item.lastElementChild, ` ${trouble.words}`);
    });
}

function renderTiles() {
  const tick = known.tick;
  const failing = positiveCounts(tick.failures_per_s).reduce((sum, [, rate]) => sum + rate, 0);
  keepPairs(byId("tiles"), [
    ["requests", `${rateText(tick.rps)}/s`],
    ["failures", `${rateText(failing)}/s`, failing > 0 ? "bad" : ""],
    ["p50", latencyText(tick.p50_ms)],
    ["p99", latencyText(tick.p99_ms)],
    ["poise itself, p99", latencyText(tick.self_p99_ms)],
    ["in flight", countText(tick.in_flight)],
    ["queue", countText(tick.queue), tick.queue > 0 ? "warn" : ""],
    ["retries", `${rateText(tick.retries_per_s)}/s`],
  ]);
}

function reloadText(status) {
  const reload = status.last_reload;
  if (!reload) return "none since the start";
  const at = `${clockText(reload.at)}, ${agoText(reload.at, Date.now())}`;
  if (!reload.ok) return `refused at ${at}: ${reload.error || "?"}`;
  const took = Number.isFinite(reload.took_ms) ? `, took ${msText(reload.took_ms)}` : "";
  return `taken at ${at}${took}`;
}

function workersText(workers) {
  const lag = Math.max(...(workers || []).map((worker) => numberOf(worker.loop_lag_p99_ms)), 0);
  return `${plural((workers || []).length, "worker")}, worst loop lag p99 ${msText(lag)}`;
}

function renderProcess() {
  const status = known.status;
  keepPairs(byId("facts"), [
    ["version", status.version || "?"],
    ["up", spanText(status.uptime_s)],
    ["config", `generation ${countText(status.generation)}`],
  ]);
  const failures = positiveCounts(status.failures);
  keepPairs(byId("process"), [
    ["State", `${status.state || "?"}, pid ${status.pid || "?"}`],
    ["Configuration", `generation ${countText(status.generation)}`],
    ["Last reload", reloadText(status), status.last_reload && !status.last_reload.ok ? "bad" : ""],
    ["Workers", workersText(status.workers)],
    ["Requests", `${countText(status.requests_total)}: ${countsText(positiveCounts(status.codes), countText) || "none"}`],
    ["Failures", countsText(failures, countText) || "none"],
    ["Retries", countText(status.retries_total)],
    ["Open descriptors", countText(status.open_fds)],
  ]);
  offerCauses(failures.map(([cause]) => cause));
  keepChildren(byId("listeners"), status.listeners || [], (listener) => listener.name,
    (listener) => make("tr", {}, make("th", { scope: "row" }, listener.name), make("td", {}, listener.protocol || ""),
      make("td"), make("td", { class: "number" }), make("td", { class: "number" })),
    (row, listener) => {
      setText(row.children[2], (listener.bind || []).join(", "));
      setText(row.children[3], countText(listener.connections));
      setText(row.children[4], countText(listener.connections_total));
    });
}

function renderLink() {
  const link = byId("link");
  setData(link, "kind", known.isLive ? "good" : "bad");
  setText(link, known.isLive ? "● live" : "✕ reconnecting…");
  setData(document.body, "live", String(known.isLive));
}

function render() {
  renderLink();
  renderVerdict();
  renderTiles();
  renderPools(known.pools);
}

// What happened last stands first.
function note(at, kind, words) {
  byId("no-log").hidden = true;
  const line = make("li", { "data-kind": kind }, make("span", { class: "at" }, clockText(at)), make("span", {}, words));
  byId("log").prepend(line);
  while (byId("log").children.length > kLogLines) byId("log").lastElementChild.remove();
}

// ---- asking

async function refreshStatus() {
  known.status = await ask("/api/v1/status");
  renderProcess();
}

async function refreshPools() {
  const answer = await ask("/api/v1/pools");
  known.pools = answer.pools || [];
  overlay(known.tick);
  render();
}

async function refreshFailures() {
  const cause = byId("cause").value;
  const query = cause ? `&cause=${encodeURIComponent(cause)}` : "";
  const { failures = [] } = await ask(`/api/v1/failures?limit=${kAskedFailures}${query}`);
  offerCauses(failures.map((failure) => failure.cause));
  renderFailures(failures);
}

// One at a time each: a slow poise must not pile up questions.
function every(ms, refresh) {
  let isAsking = false;
  const turn = async () => {
    if (isAsking || document.hidden) return;
    isAsking = true;
    try {
      await refresh();
    } catch (error) {
      console.debug(error.message);
    } finally {
      isAsking = false;
    }
  };
  setInterval(turn, ms);
  return turn;
}

// ---- the events of poise

// What a tick tells lies over what /pools told in full, and stands for what it has not told yet.
function overlay(tick) {
  for (const fresh of tick.pools || []) {
    const pool = known.pools.find((each) => each.name === fresh.name);
    if (!pool) {
      known.pools.push({ ...fresh, backends: [...fresh.backends] });
      continue;
    }
    const { backends, ...figures } = fresh;
    Object.assign(pool, figures);
    for (const backend of backends || []) {
      const old = pool.backends.find((each) => each.name === backend.name);
      if (old) Object.assign(old, backend);
      else pool.backends.push(backend);
    }
  }
}

const kHandlers = {
  tick(tick) {
    // What comes before the first tick is the past, and not read out.
    byId("log").setAttribute("aria-live", "polite");
    known.tick = tick;
    rememberTick(tick);
    overlay(tick);
    if (document.hidden) return;
    render();
    renderPlots();
  },
  backend({ at, pool, backend, from, to, reason, evidence }) {
    const why = [reason, evidence].filter(Boolean).join(": ");
    const kind = (kStates[to] || kStates.unknown).kind;
    note(at, kind, `${pool}/${backend} went from ${from} to ${to}${why ? ` (${why})` : ""}`);
    refresh.pools();
    refresh.failures();
  },
  reload({ at, ok, generation, took_ms, changes, errors }) {
    const list = ok ? changes : errors;
    const words = (list || []).map((each) => (typeof each === "string" ? each : each.message || JSON.stringify(each))).join("; ");
    note(at, ok ? "good" : "bad", ok ? `Reloaded, generation ${generation}, in ${msText(took_ms)}. ${words}` : `Reload refused: ${words}`);
    refresh.status();
    refresh.pools();
  },
  drain({ at, pool, backend, what, streams, sessions }) {
    if (!pool) return note(at, "warn", "poise drains: it takes no new connections");
    note(at, "warn", `${pool}/${backend}: ${what}, ${plural(numberOf(streams), "stream")} and ${plural(numberOf(sessions), "session")} left`);
    refresh.pools();
  },
  gap({ missed }) {
    note(Date.now(), "warn", `${plural(numberOf(missed), "event")} before this were missed`);
  },
};

function onOpen() {
  known.isLive = true;
  known.lostAt = null;
  for (const turn of Object.values(refresh)) turn();
  render();
}

function onLost() {
  if (known.isLive) known.lostAt = Date.now();
  known.isLive = false;
  render();
}

const refresh = {
  status: every(5000, refreshStatus),
  pools: every(5000, refreshPools),
  failures: every(3000, refreshFailures),
};

byId("plots").append(...plots.map((plot) => plot.element));
byId("cause").addEventListener("change", refresh.failures);
byId("more-failures").addEventListener("click", () => {
  showsAllFailures = true;
  refresh.failures();
});
byId("token-button").addEventListener("click", () => askForToken(tokenWords()).then((given) => given && onOpen()));
new ResizeObserver(renderPlots).observe(byId("plots"));
renderTiles();
follow(onOpen, (name, data) => kHandlers[name] && kHandlers[name](data), onLost);
