// Pools and their backends, a card each, the broken ones first.

const kStates = {
  down: { rank: 0, sign: "✕", kind: "bad" },
  ejected: { rank: 1, sign: "▲", kind: "bad" },
  draining: { rank: 2, sign: "◐", kind: "warn" },
  probation: { rank: 3, sign: "◔", kind: "warn" },
  unknown: { rank: 4, sign: "?", kind: "warn" },
  up: { rank: 5, sign: "●", kind: "good" },
};
const stateOf = (backend) => kStates[backend.state] || kStates.unknown;

function makeCard(pool, backend) {
  const card = make("article", { class: "card", "data-backend": `${pool.name}/${backend.name}` });
  card.append(
    make("header", {}, make("h4"), make("p", { class: "state" })),
    make("p", { class: "address" }),
    make("p", { class: "last" }),
    make("dl", { class: "figures" }),
    make("p", { class: "causes" }),
    make("div", { class: "buttons" }, make("button", { type: "button", class: "drain" })),
  );
  card.querySelector("button").addEventListener("click", () => turnBackend(card.pool, card.backend, card));
  return card;
}

function lastText(backend, now) {
  const last = backend.last_transition;
  if (!last) return "No change of state yet";
  const why = [last.reason, last.evidence].filter(Boolean).join(": ");
  return `${last.from} → ${last.to} ${agoText(last.at, now)}${why ? `. ${why}` : ""}`;
}

function drainText(backend) {
  const drain = backend.drain;
  if (!drain) return "";
  const left = `${plural(drain.streams, "stream")}, ${plural(drain.sessions, "session")} left`;
  return drain.deadline ? `${left}, cut at ${clockText(drain.deadline)}` : left;
}

function updateCard(card, pool, backend) {
  Object.assign(card, { pool, backend });
  const { sign, kind } = stateOf(backend);
  const name = `${pool.name}/${backend.name}`;
  setData(card, "kind", kind);
  setData(card, "state", backend.state);
  setText(card.querySelector("h4"), backend.name);
  setText(card.querySelector(".state"), `${sign} ${backend.state}`);
  const place = [backend.tier > 0 ? `tier ${backend.tier}` : "", backend.zone ? `zone ${backend.zone}` : ""];
  const address = backend.address === backend.name ? "" : backend.address;
  setText(card.querySelector(".address"), [address, ...place].filter(Boolean).join(", "));
  setText(card.querySelector(".last"), drainText(backend) || lastText(backend, Date.now()));
  keepPairs(card.querySelector(".figures"), [
    ["requests", `${rateText(backend.rps)}/s`],
    ["p50", latencyText(backend.p50_ms)],
    ["p99", latencyText(backend.p99_ms)],
    ["in flight", countText(backend.in_flight)],
    ["open", countText(backend.connections)],
    ["weight", countText(backend.weight)],
  ]);
  const causes = positiveCounts(backend.failures);
  setText(card.querySelector(".causes"), causes.length > 0 ? `Failed since the start: ${countsText(causes, countText)}` : "");
  const button = card.querySelector("button");
  setText(button, backend.state === "draining" ? "Undrain" : "Drain");
  button.setAttribute("aria-label", `${button.textContent} ${name}`);
}

function isLast(pool, backend) {
  const serves = (each) => each.state === "up" || each.state === "probation";
  return serves(backend) && pool.backends.filter(serves).length === 1;
}

async function turnBackend(pool, backend, card) {
  const name = `${pool.name}/${backend.name}`;
  const what = backend.state === "draining" ? "undrain" : "drain";
  if (what === "drain" && isLast(pool, backend) &&
      !confirm(`${name} is the last backend of ${pool.name} that serves. Drain it all the same?`)) {
    return;
  }
  const button = card.querySelector("button");
  button.disabled = true;
  try {
    const path = `/api/v1/pools/${encodeURIComponent(pool.name)}/backends/${encodeURIComponent(backend.name)}/${what}`;
    await order(path);
    showAlert("");
    await refreshPools();
  } catch (error) {
    showAlert(`${what} ${name}: ${error.message}`);
  } finally {
    button.disabled = false;
  }
}

function poolFacts(pool) {
  const facts = [
    `${countText(pool.healthy)} of ${countText(pool.total)} fit`,
    pool.balance,
    `queue ${countText(pool.queue)}`,
    plural(numberOf(pool.retries_total), "retry").replace("retrys", "retries"),
  ];
  if (pool.retry_budget_exhausted_total > 0) {
    facts.push(`retry budget ran out ${plural(pool.retry_budget_exhausted_total, "time")}`);
  }
  return facts.filter(Boolean).join(" · ");
}

function makePool(pool) {
  const heading = make("h2", {}, `Pool ${pool.name}`);
  return make("section", { class: "pool", "aria-label": `Pool ${pool.name}` },
    make("div", { class: "row" }, heading, make("p", { class: "quiet" })),
    make("div", { class: "cards" }));
}

function renderPools(pools) {
  const sorted = [...pools].sort((a, b) => worstOf(a) - worstOf(b));
  keepChildren(byId("pools"), sorted, (pool) => pool.name, makePool, (section, pool) => {
    setText(section.querySelector(".row p"), poolFacts(pool));
    const backends = [...pool.backends].sort((a, b) => stateOf(a).rank - stateOf(b).rank);
    keepChildren(section.querySelector(".cards"), backends, (backend) => backend.name,
      (backend) => makeCard(pool, backend), (card, backend) => updateCard(card, pool, backend));
  });
}

const worstOf = (pool) => Math.min(9, ...pool.backends.map((backend) => stateOf(backend).rank));
