// A headless Chromium driven by plain HTTP (WebDriver, W3C), without packages. `Browser.open()`
// starts chromedriver on a port of its own; `close()` ends both.
import { spawn } from "node:child_process";

const kElement = "element-6066-11e4-a52e-4f735466cecf"; // the standard's name for a reference
const kPatienceMs = 15000 * Number(process.env.POISE_TEST_TIME_SCALE || 1);

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function portOf(driver) {
  let said = "";
  for await (const chunk of driver.stdout) {
    said += chunk;
    const port = /started successfully on port (\d+)/.exec(said);
    if (port) return port[1];
  }
  throw new Error(`chromedriver did not start: ${said}`);
}

export class Browser {
  static async open() {
    const browser = new Browser();
    browser.driver = spawn("chromedriver", ["--port=0"], { stdio: ["ignore", "pipe", "ignore"] });
    const failed = new Promise((_, reject) => browser.driver.on("error", reject));
    browser.base = `http://127.0.0.1:${await Promise.race([portOf(browser.driver), failed])}`;
    browser.driver.stdout.resume();
    // Root has no sandbox to offer, and tests may run as root.
    const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"];
    const capabilities = {
      alwaysMatch: { browserName: "chrome", "goog:loggingPrefs": { browser: "ALL" }, "goog:chromeOptions": { args } },
    };
    const session = await browser.send("POST", "/session", { capabilities });
    browser.base += `/session/${session.sessionId}`;
    return browser;
  }

  async send(method, path, body) {
    const answer = await fetch(this.base + path, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (value && value.error) throw new Error(`${path}: ${value.message}`);
    return value;
  }

  devtools(cmd, params) {
    return this.send("POST", "/goog/cdp/execute", { cmd, params });
  }

  // `dark` is what the user prefers.
  async look({ width, height, dark = false }) {
    const mobile = width < 600;
    await this.devtools("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await this.devtools("Emulation.setEmulatedMedia", { features });
  }

  go(url) {
    return this.send("POST", "/url", { url });
  }

  // The body of a function, in the page.
  run(script, ...args) {
    return this.send("POST", "/execute/sync", { script, args });
  }

  // Until `script` returns something true, which is returned; `what` names it in the failure.
  async wait(what, script, ...args) {
    for (const end = Date.now() + kPatienceMs; ; await pause(100)) {
      const value = await this.run(script, ...args);
      if (value) return value;
      if (Date.now() > end) throw new Error(`waited in vain until ${what}; the page says:\n${await this.text()}`);
    }
  }

  text() {
    return this.run("return document.body.innerText");
  }

  async click(selector) {
    const found = await this.send("POST", "/element", { using: "css selector", value: selector });
    await this.send("POST", `/element/${found[kElement]}/click`, {});
  }

  async type(selector, text) {
    const found = await this.send("POST", "/element", { using: "css selector", value: selector });
    await this.send("POST", `/element/${found[kElement]}/value`, { text });
  }

  // What the page complained of since the last call.
  async complaints() {
    const entries = await this.send("POST", "/se/log", { type: "browser" });
    return entries.filter((entry) => entry.level === "SEVERE" || entry.level === "WARNING").map((entry) => entry.message);
  }

  // A PNG of the page from its top, at most so high.
  async picture(width, mostHeight) {
    const whole = await this.run("return document.documentElement.scrollHeight");
    const clip = { x: 0, y: 0, width, height: Math.min(whole, mostHeight), scale: 1 };
    const shot = await this.devtools("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
    return Buffer.from(shot.data, "base64");
  }

  async close() {
    try {
      await this.send("DELETE", "");
    } finally {
      this.driver.kill();
    }
  }
}
