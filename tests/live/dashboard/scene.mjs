// A poise with its admin, before three backends and under the load of a few clients, all of this
// process: what the pictures of the documentation show.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pause } from "./browser.mjs";

const kNames = ["checkout-1", "checkout-2", "checkout-3"];

class Backend {
  async open(port = 0) {
    // Most answers are quick, a few are not; now and then one is an error of its own.
    this.server = http.createServer((request, response) => {
      const slow = Math.random() < 0.03;
      setTimeout(() => {
        response.statusCode = Math.random() < 0.01 ? 404 : 200;
        response.end("hello\n");
      }, (slow ? 30 : 2) * (0.5 + Math.random()));
    });
    await new Promise((resolve) => this.server.listen(port, "127.0.0.1", resolve));
    this.port = this.server.address().port;
  }
  goDown() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

function configOf(backends) {
  const list = backends.map((backend, nth) => `      - { name: ${kNames[nth]}, address: "127.0.0.1:${backend.port}" }`);
  return `workers: 1
admin: { bind: "127.0.0.1:0", token: secret }
listeners:
  - { name: web, bind: "127.0.0.1:0", routes: [{ name: shop, pool: checkout }] }
pools:
  checkout:
    balance: least-connections
    backends:
${list.join("\n")}
    health: { active: { type: tcp, interval: 500ms, fall: 2 }, passive: { max_ejected: 100%, consecutive_failures: 50 } }
`;
}

export class Scene {
  backends = kNames.map(() => new Backend());
  isLoaded = false;

  async open(poise) {
    for (const backend of this.backends) await backend.open();
    this.folder = mkdtempSync(join(tmpdir(), "poise-scene-"));
    const file = join(this.folder, "poise.yaml");
    writeFileSync(file, configOf(this.backends));
    this.process = spawn(poise, ["run", "-c", file], { stdio: ["ignore", "ignore", "pipe"] });
    await this.readPorts();
  }

  // Of "listening on 127.0.0.1:80" and "admin at http://…", in whichever order they come.
  async readPorts() {
    let said = "";
    for await (const chunk of this.process.stderr) {
      said += chunk;
      const web = /info {2}listening on 127\.0\.0\.1:(\d+)/.exec(said);
      const admin = /admin at (http:\S+)/.exec(said);
      if (!web || !admin) continue;
      this.url = `http://127.0.0.1:${web[1]}`;
      this.admin = admin[1];
      return this.process.stderr.resume();
    }
    throw new Error(`poise did not start: ${said}`);
  }

  // So many clients, each with one request after the other.
  load(clients) {
    this.isLoaded = true;
    const agent = new http.Agent({ keepAlive: true });
    const ask = () => {
      if (!this.isLoaded) return agent.destroy();
      const path = `/orders/${Math.floor(Math.random() * 1000)}`;
      const next = () => setTimeout(ask, 20);
      http.get(this.url + path, { agent }, (response) => response.resume().on("end", next)).on("error", next);
    };
    for (let i = 0; i < clients; ++i) ask();
  }

  async close() {
    this.isLoaded = false;
    const ended = new Promise((resolve) => this.process.on("exit", resolve));
    this.process.kill("SIGTERM");
    await Promise.race([ended, pause(5000)]);
    this.process.kill("SIGKILL");
    for (const backend of this.backends) backend.goDown();
    rmSync(this.folder, { recursive: true });
  }
}
