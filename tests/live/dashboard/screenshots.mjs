// node screenshots.mjs POISE FOLDER: the pictures of the documentation (./dev screenshots).
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Browser, pause } from "./browser.mjs";
import { Scene } from "./scene.mjs";

const [poise, folder] = process.argv.slice(2);
const kWide = { width: 1280, height: 900 };
const kPhone = { width: 390, height: 844 };
const kSettleMs = 25000; // so that the plots show something

const scene = new Scene();
const browser = await Browser.open();

async function take(name, size, mostHeight) {
  await browser.look(size);
  await pause(1500); // the next tick draws for this size
  writeFileSync(join(folder, `${name}.png`), await browser.picture(size.width, mostHeight));
  console.log(name);
}

const is = (text) => browser.wait(`the headline is ${text}`, `return document.getElementById("verdict-title").textContent.includes(arguments[0])`, text);

try {
  mkdirSync(folder, { recursive: true });
  await scene.open(poise);
  await browser.look(kWide);
  await browser.go(scene.admin);
  await is("fit");
  await take("idle", kWide, 1100);
  scene.load(8);
  await pause(kSettleMs);
  await take("under-load", kWide, 1100);
  scene.backends[1].goDown();
  await is("is down");
  await pause(kSettleMs / 2);
  await take("backend-down", kWide, 1400);
  await take("phone", kPhone, 1800);
  await take("dark", { ...kWide, dark: true }, 1100);
} finally {
  await browser.close();
  await scene.close();
}
process.exit(0);
