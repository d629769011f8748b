// Numbers and times as people read them. Pure.

function threeDigits(value) {
  const size = Math.abs(value);
  if (size >= 99.95) return value.toFixed(0);
  return value.toFixed(size >= 9.995 ? 1 : 2);
}

function large(value) {
  if (value >= 999.5e6) return threeDigits(value / 1e9) + "G";
  if (value >= 999.5e3) return threeDigits(value / 1e6) + "M";
  return threeDigits(value / 1e3) + "k";
}

const numberOf = (value) => (Number.isFinite(value) ? value : 0);

function countText(value) {
  const count = numberOf(value);
  return count < 9999.5 ? count.toFixed(0) : large(count);
}

function rateText(value) {
  const rate = numberOf(value);
  if (rate === 0) return "0";
  if (rate >= 9999.5) return large(rate);
  return rate >= 99.95 ? rate.toFixed(0) : rate.toFixed(1);
}

// "–" where nothing was measured.
function msText(value) {
  if (!Number.isFinite(value)) return "–";
  return Math.abs(value) >= 999.5 ? threeDigits(value / 1000) + " s" : threeDigits(value) + " ms";
}

// A latency of 0 is none: nothing was measured.
const latencyText = (value) => msText(value > 0 ? value : NaN);

function spanText(seconds) {
  const whole = Math.max(0, Math.round(numberOf(seconds)));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

// Milliseconds since 1970, of RFC 3339 or of seconds; NaN where it is neither.
function timeOf(at) {
  if (typeof at === "number") return at > 1e11 ? at : at * 1000;
  return typeof at === "string" ? Date.parse(at) : NaN;
}

function clockText(at) {
  const time = timeOf(at);
  return Number.isFinite(time) ? new Date(time).toTimeString().slice(0, 8) : "?";
}

function agoText(at, now) {
  const time = timeOf(at);
  return Number.isFinite(time) ? `${spanText((now - time) / 1000)} ago` : "";
}

const plural = (count, word) => `${countText(count)} ${word}${count === 1 ? "" : "s"}`;

// [["cause", 3], …], those above zero, the largest first.
function positiveCounts(counts) {
  return Object.entries(counts || {})
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1]);
}

const countsText = (counts, text) => counts.map(([word, count]) => `${word} ${text(count)}`).join(", ");
