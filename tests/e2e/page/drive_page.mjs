// SPDX-License-Identifier: Apache-2.0

// What the page test stands on: a running server, a real browser, real files on disk.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("../../../web/", import.meta.url));
const { chromium } = createRequire(join(web, "package.json"))("playwright-core");

const start_ms_max = 30_000;

export function makeTempDir() {
  return mkdtempSync(join(tmpdir(), "slipway-page-"));
}

/** Starts the program in SLIPWAY_BIN; or uses the running server whose link is in SLIPWAY_URL. */
export async function startServer(temp_dir) {
  if (process.env.SLIPWAY_URL) return { link: process.env.SLIPWAY_URL, stop: async () => {} };
  const program = process.env.SLIPWAY_BIN;
  if (!program) {
    throw new Error("Set SLIPWAY_BIN to the slipway program, or SLIPWAY_URL to a printed link.");
  }
  const ready_file = join(temp_dir, "ready.json");
  const token = "page-test-token-0123456789abcdef";
  const child = spawn(
    program,
    [
      ...["serve", "--listen", "127.0.0.1:0", "--store-listen", "127.0.0.1:0"],
      ...["--data-dir", join(temp_dir, "data"), "--ready-file", ready_file],
      ...["--token", token, "--user", "alice"],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await exited;
    clearTimeout(killer);
  };
  const give_up_ms = Date.now() + start_ms_max;
  while (Date.now() < give_up_ms) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    const ready = readReadyFile(ready_file);
    if (ready) return { link: `${ready.url}/?token=${token}`, stop };
    await sleep(20);
  }
  await stop();
  throw new Error(`${program} wrote no ${ready_file} within ${start_ms_max / 1000} s`);
}

function readReadyFile(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null; // not there yet, or half written
  }
}

export async function startBrowser(temp_dir) {
  return chromium.launchPersistentContext(join(temp_dir, "profile"), {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    acceptDownloads: true,
    viewport: { width: 1180, height: 1000 },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Writes a file whose bytes depend on its name, and returns its path. */
export function writeSample(folder, name, size) {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  const bytes = Buffer.alloc(size);
  let state = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) >>> 0, 7);
  for (let at = 0; at < size; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  writeFileSync(path, bytes);
  return path;
}

/** A file with a size but without blocks on disk. */
export function writeSparse(folder, name, size) {
  const path = join(folder, name);
  writeFileSync(path, "");
  truncateSync(path, size);
  return path;
}

export function removeTempDir(temp_dir) {
  rmSync(temp_dir, { recursive: true, force: true, maxRetries: 5 });
}

/** The drive page as a person deals with it. */
export class DrivePage {
  static async open(context, link) {
    const page = context.pages()[0] ?? (await context.newPage());
    const drive = new DrivePage();
    drive.page = page;
    drive.problems = [];
    page.on("pageerror", (error) => drive.problems.push(error.message));
    page.on("console", (message) => {
      if (/Content Security Policy|unsafe header|Warning:/.test(message.text())) {
        drive.problems.push(message.text());
      }
    });
    page.on("dialog", (dialog) => dialog.accept());
    // Playwright turns interception on with the first listener, but does not wait for the browser:
    // a chooser opened at once afterwards may get lost. So it is on from the start.
    page.on("filechooser", () => {});
    drive.link = link;
    drive.origin = new URL(link).origin;
    drive.cdp = await context.newCDPSession(page);
    await drive.cdp.send("Network.enable");
    await page.goto(link);
    await page.waitForSelector(".drop-zone");
    return drive;
  }

  async throttle(upload_bytes_per_s) {
    await this.cdp.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: upload_bytes_per_s,
    });
  }

  /** What a drag from the file manager does, folders included. */
  async drop(paths) {
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    const box = await this.page.locator(".drop-zone").boundingBox();
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2, data };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await this.cdp.send("Input.dispatchDragEvent", { type, ...at });
    }
  }

  async choose(kind, paths) {
    await this.page.setInputFiles(`[data-pick=${kind}]`, paths);
  }

  row(name) {
    return this.page.locator(`.upload-row[data-name="${name}"]`);
  }

  /** Shows only uploads of one kind, so that the wanted row is in the document. */
  async show(label) {
    await this.page.locator(".filter", { hasText: label }).click();
  }

  async untilState(name, state, timeout = 60_000) {
    await this.page.waitForSelector(`.upload-row[data-name="${name}"][data-state="${state}"]`, {
      timeout,
    });
  }

  /** {all, active, failed, done} as the filters count them. */
  async counts() {
    const texts = await this.page.locator(".filter .count").allTextContents();
    const [all, active, failed, done] = texts.map((text) => Number(text.replaceAll(",", "")));
    return { all, active, failed, done };
  }

  async untilIdle(timeout = 120_000) {
    await this.page.waitForSelector(".summary[data-finished=true]", { timeout });
  }

  /** Takes every upload off the page. */
  async clear() {
    if ((await this.page.locator(".upload-scroller").count()) === 0) return;
    await this.page.getByRole("button", { name: "Clear list" }).click();
    await this.page.locator(".upload-scroller").waitFor({ state: "detached" });
  }

  /** Every file the server lists, read with the page's own cookie. */
  async listed(prefix = "") {
    const files = [];
    let cursor = null;
    do {
      const query = new URLSearchParams({ prefix, limit: "1000", ...(cursor && { cursor }) });
      const answer = await this.page.context().request.get(`${this.origin}/api/files/?${query}`);
      const page = await answer.json();
      files.push(...page.files);
      cursor = page.next_cursor;
    } while (cursor);
    return files;
  }

  async deleteAll() {
    for (const { id } of await this.listed()) {
      await this.page
        .context()
        .request.delete(`${this.origin}/api/files/${encodeURIComponent(id)}`);
    }
  }

  /** Notes every value that a row's bar takes from now on. */
  async watchBars() {
    await this.page.evaluate(() => {
      const seen = (window.bars_seen = {});
      const look = () => {
        for (const row of document.querySelectorAll(".upload-row")) {
          const values = (seen[row.dataset.name] ??= []);
          const { value, max } = row.querySelector("progress");
          if (values.at(-1) !== value / max) values.push(value / max);
        }
        requestAnimationFrame(look);
      };
      look();
    });
  }

  async barsSeen() {
    return this.page.evaluate(() => window.bars_seen);
  }
}
