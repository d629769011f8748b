// node check.mjs URL TOKEN DOWN UP
// Looks at the dashboard of a running poise in a real browser: DOWN is a backend ("pool/name") that
// is down, UP one that is up and not the last one. Each check is a line; the exit code is 1 when one
// failed.
import { Browser } from "./browser.mjs";

const [url, token, down, up] = process.argv.slice(2);
const card = (name) => `[data-backend="${name}"]`;
let failures = 0;

async function check(words, test) {
  try {
    await test();
    console.log(`fine: ${words}`);
  } catch (error) {
    failures += 1;
    console.log(`FAILED: ${words}: ${error.message}`);
  }
}

function must(condition, words) {
  if (!condition) throw new Error(words);
}

// WCAG 2.2, 1.4.3: the contrast of every text on the page with what is behind it; what is below 4.5.
const kLowContrast = `
  const channels = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.body.querySelectorAll("*")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText || !element.checkVisibility() || element.closest("svg, script, .skip")) continue;
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(element.tagName + " " + element.textContent.slice(0, 40) + " " + ratio.toFixed(2));
  }
  return low;`;

const kUnnamedButtons = `
  return [...document.querySelectorAll("button")].filter((button) => !(button.getAttribute("aria-label") || button.textContent).trim()).length`;

const kFocusStops = `
  return [...document.querySelectorAll("a[href], button, select, summary, [tabindex='0']")]
    .filter((element) => element.checkVisibility() && !element.closest("dialog:not([open])") && element.tabIndex < 0).length`;

async function fits(browser, size) {
  await browser.look(size);
  const widest = await browser.run("return document.documentElement.scrollWidth");
  must(widest <= size.width, `the page is ${widest} wide in a window of ${size.width}`);
  const low = await browser.run(kLowContrast);
  must(low.length === 0, `too little contrast: ${low.join("; ")}`);
}

async function drainAndBack(browser) {
  await browser.click(`${card(up)} button`);
  await browser.wait("the token is asked for", `return document.getElementById("token-dialog").open`);
  await browser.type("#token-input", token);
  await browser.click("#token-form .primary");
  const state = `return document.querySelector('${card(up)}').dataset.state`;
  await browser.wait(`${up} is draining`, `${state} === "draining"`);
  await browser.wait("the log tells of it", `return document.getElementById("log").textContent.includes(arguments[0])`, up);
  await browser.click(`${card(up)} button`);
  await browser.wait(`${up} serves again`, `${state} !== "draining"`);
}

const browser = await Browser.open();
try {
  await browser.look({ width: 1280, height: 900 });
  await browser.go(url);
  await check("the page is live", () => browser.wait("it is", `return document.body.dataset.live === "true"`));
  await check("the headline names the backend that is down", () =>
    browser.wait("it does", `return document.getElementById("verdict-title").textContent === arguments[0] + " is down"`, down));
  await check("the first line below says why", () =>
    browser.wait("it does", `const first = document.querySelector("#troubles li");
      return first && first.textContent.startsWith(arguments[0]) && /refused/i.test(first.textContent)`, down));
  await check("its card comes first, and is marked in words", () =>
    browser.wait("it is", `const first = document.querySelector(".card");
      return first.dataset.backend === arguments[0] && first.querySelector(".state").textContent.endsWith("down")`, down));
  await check("ticks arrive and are drawn", () =>
    browser.wait("they are", `return document.querySelectorAll(".plot .bar, .plot .line").length > 0`));
  await check("a failure of the flight recorder opens with its timeline", async () => {
    await browser.wait("there is one", `return document.querySelector("#failures summary") !== null`);
    await browser.click("#failures summary");
    await browser.wait("it is drawn", `return document.querySelector("#failures .timeline rect") !== null`);
  });
  await check("a wide window, light", () => fits(browser, { width: 1920, height: 1080 }));
  await check("a phone, light", () => fits(browser, { width: 360, height: 740 }));
  await check("a phone, dark", () => fits(browser, { width: 360, height: 740, dark: true }));
  await check("a window, dark", () => fits(browser, { width: 1280, height: 900, dark: true }));
  await check("every button has a name, and everything to press takes the focus", async () => {
    must((await browser.run(kUnnamedButtons)) === 0, "a button has no name");
    must((await browser.run(kFocusStops)) === 0, "something cannot be reached by keyboard");
  });
  await check("the page complains of nothing", async () => {
    const complaints = await browser.complaints();
    must(complaints.length === 0, complaints.join("\n"));
  });
  await check("the drain button works, with the token it asks for", () => drainAndBack(browser));
} finally {
  await browser.close();
}
process.exit(failures === 0 ? 0 : 1);
