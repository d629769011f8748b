// What is wrong with poise, in words, the worst first. Pure. proxy/ops/trouble.cpp says the same in
// a terminal.

const kDegrees = ["outage", "broken", "notice"];

// " since 14:03:12 (2 min ago). Why: probe, connection refused"
function whyText(backend, now) {
  const last = backend.last_transition;
  if (!last || last.to !== backend.state) return "";
  const since = ` since ${clockText(last.at)} (${agoText(last.at, now)})`;
  const words = [last.reason, last.evidence].filter(Boolean).join(": ");
  return words ? `${since}. Why: ${words}` : since;
}

function backendTroubles(pool, backend, now) {
  const name = `${pool.name}/${backend.name}`;
  const tell = (degree, words) => [{ degree, subject: name, words }];
  switch (backend.state) {
    case "down":
    case "ejected":
      return tell("broken", `is ${backend.state}${whyText(backend, now)}`);
    case "draining": {
      const left = backend.drain ? backend.drain.streams + backend.drain.sessions : 0;
      return tell("notice", left > 0 ? `is draining, ${countText(left)} still under way` : "is draining");
    }
    case "probation":
      return tell("notice", "is on probation: back, with a part of its weight");
    default:
      return [];
  }
}

function poolTroubles(pool, now) {
  const found = [];
  const subject = `pool ${pool.name}`;
  if (pool.total > 0 && pool.healthy === 0) {
    found.push({ degree: "outage", subject, words: "has no backend that serves" });
  }
  if (pool.panic) {
    found.push({ degree: "outage", subject, words: "panics: so few backends are fit that health is ignored" });
  }
  if (pool.queue > 0) {
    found.push({ degree: "notice", subject, words: `lets ${plural(pool.queue, "request")} wait in line` });
  }
  return found.concat(pool.backends.flatMap((backend) => backendTroubles(pool, backend, now)));
}

function processTroubles(status, tick) {
  const found = [];
  if (status.state === "draining") {
    found.push({ degree: "outage", subject: "poise", words: "is draining: it takes no new connections" });
  }
  const reload = status.last_reload;
  if (reload && !reload.ok) {
    const words = `was refused at ${clockText(reload.at)}: ${reload.error || "no reason told"}. The one before it is in force.`;
    found.push({ degree: "broken", subject: "The last configuration", words });
  }
  const failing = positiveCounts(tick.failures_per_s);
  if (failing.length > 0) {
    const total = failing.reduce((sum, [, rate]) => sum + rate, 0);
    const words = `fail: ${countsText(failing.slice(0, 4), (rate) => `${rateText(rate)}/s`)}`;
    found.push({ degree: "broken", subject: `${rateText(total)} requests a second`, words });
  }
  return found;
}

function troublesOf(status, pools, tick, now) {
  const all = pools.flatMap((pool) => poolTroubles(pool, now)).concat(processTroubles(status, tick));
  const rank = (trouble) => kDegrees.indexOf(trouble.degree);
  return all.sort((a, b) => rank(a) - rank(b));
}

const nameOf = (pools, backend) => `${pools.find((pool) => pool.backends.includes(backend)).name}/${backend.name}`;

// The headline.
function verdictText(pools, troubles) {
  const backends = pools.flatMap((pool) => pool.backends);
  const broken = backends.filter((backend) => backend.state === "down" || backend.state === "ejected");
  const dead = pools.filter((pool) => pool.total > 0 && pool.healthy === 0);
  if (dead.length > 0) return `No backend serves ${dead.map((pool) => pool.name).join(", ")}`;
  if (broken.length === 1) return `${nameOf(pools, broken[0])} is ${broken[0].state}`;
  if (broken.length > 0) {
    return `${countText(broken.length)} of ${plural(backends.length, "backend")} are not serving`;
  }
  if (troubles.some((trouble) => trouble.degree !== "notice")) return "Something is wrong";
  return backends.length === 1 ? "The only backend serves" : `All ${plural(backends.length, "backend")} are fit`;
}
