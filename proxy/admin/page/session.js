// Asks the admin, and follows its events. The token, where one is wanted, is asked for once and
// kept for this tab.

const kTokenKey = "poise-token";
const kSilenceMs = 5000;

let askedForToken = null; // a promise while the dialog is open
let tokenDeclined = false;

function headersOf(more = {}) {
  const token = sessionStorage.getItem(kTokenKey);
  return { "X-Poise": "1", ...(token ? { Authorization: `Bearer ${token}` } : {}), ...more };
}

// True: there is a token to try. Whoever asks while the dialog is open waits for the same answer.
function askForToken(why) {
  if (askedForToken) return askedForToken;
  const dialog = byId("token-dialog");
  setText(byId("token-why"), why);
  byId("token-input").value = "";
  askedForToken = new Promise((resolve) => {
    byId("token-form").onsubmit = (event) => {
      event.preventDefault();
      sessionStorage.setItem(kTokenKey, byId("token-input").value);
      tokenDeclined = false;
      dialog.close("given");
    };
    byId("token-cancel").onclick = () => dialog.close("");
    dialog.onclose = () => {
      askedForToken = null;
      const given = dialog.returnValue === "given";
      dialog.returnValue = "";
      tokenDeclined = !given;
      resolve(given);
    };
  });
  dialog.showModal();
  return askedForToken;
}

function tokenWords() {
  return sessionStorage.getItem(kTokenKey)
    ? "poise refused this token. It is admin.token of its configuration."
    : "This poise wants the token of its configuration (admin.token).";
}

// Reading must not open the dialog again once it was closed; an action by the user may.
async function withToken(send, isAction) {
  let answer = await send();
  while (answer.status === 401 && (isAction || !tokenDeclined)) {
    if (!(await askForToken(tokenWords()))) break;
    answer = await send();
  }
  return answer;
}

async function wordsOf(answer) {
  try {
    const json = await answer.json();
    if (json && json.error) return String(json.error);
  } catch {
    // Not JSON: the status must do.
  }
  return `poise answered ${answer.status}`;
}

async function ask(path) {
  const send = () => fetch(path, { headers: headersOf(), cache: "no-store" });
  const answer = await withToken(send, false);
  if (!answer.ok) throw new Error(await wordsOf(answer));
  return answer.json();
}

async function order(path) {
  const send = () => fetch(path, { method: "POST", headers: headersOf(), cache: "no-store" });
  const answer = await withToken(send, true);
  if (!answer.ok) throw new Error(await wordsOf(answer));
  return answer.json();
}

// Parts a text stream into events; the rest of an unfinished one is kept.
class EventReader {
  rest = "";
  lastId = "";

  take(text) {
    this.rest += text.replaceAll("\r\n", "\n");
    const parts = this.rest.split("\n\n");
    this.rest = parts.pop();
    return parts.map((part) => this.eventOf(part)).filter(Boolean);
  }

  eventOf(part) {
    const event = { name: "message", data: [] };
    for (const line of part.split("\n")) {
      const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) || [];
      if (field === "event") event.name = value;
      if (field === "data") event.data.push(value);
      if (field === "id") this.lastId = value;
    }
    return event.data.length > 0 ? { name: event.name, data: event.data.join("\n") } : null;
  }
}

// One connection to its end. EventSource could not send the token.
async function followOnce(reader, onOpen, onEvent) {
  const stop = new AbortController();
  let alarm = setTimeout(() => stop.abort(), kSilenceMs);
  const send = () => {
    const resume = reader.lastId ? { "Last-Event-ID": reader.lastId } : {};
    // At first everything that poise still knows of, so that the page tells what led here.
    return fetch(`/api/v1/events${reader.lastId ? "" : "?after=0"}`, { headers: headersOf(resume), cache: "no-store", signal: stop.signal });
  };
  try {
    const answer = await send();
    if (!answer.ok) throw new Error(await wordsOf(answer));
    onOpen();
    reader.rest = "";
    const text = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await text.read();
      if (done) return;
      clearTimeout(alarm);
      alarm = setTimeout(() => stop.abort(), kSilenceMs);
      for (const event of reader.take(value)) onEvent(event.name, JSON.parse(event.data));
    }
  } finally {
    clearTimeout(alarm);
    stop.abort();
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// For as long as the page is open.
async function follow(onOpen, onEvent, onLost) {
  const reader = new EventReader();
  for (let wait = 500; ; wait = Math.min(wait * 2, 5000)) {
    try {
      await followOnce(reader, () => { wait = 500; onOpen(); }, onEvent);
    } catch (error) {
      console.debug("events:", error.message);
    }
    onLost();
    await pause(wait);
  }
}
