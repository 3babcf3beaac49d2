// SPDX-License-Identifier: Apache-2.0

// The drive page in a real browser, against the real program.
//   SLIPWAY_BIN=build/dev/slipway node --test tests/e2e/page/page.test.mjs
// SLIPWAY_URL=<printed link> uses a server that runs already; SLIPWAY_SCREENSHOTS=1 also writes
// docs/images/page-light.png and page-dark.png.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, utimesSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as support from "./drive_page.mjs";

const images = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
let temp_dir, samples, server, context, drive, page;

before(async () => {
  temp_dir = support.makeTempDir();
  samples = join(temp_dir, "samples");
  mkdirSync(samples);
  server = await support.startServer(temp_dir);
  context = await support.startBrowser(temp_dir);
  drive = await support.DrivePage.open(context, server.link);
  page = drive.page;
});

after(async () => {
  await context?.close();
  await server?.stop();
  if (temp_dir) support.removeTempDir(temp_dir);
});

test("the link signs in and leaves no token in the address", () => {
  assert.equal(page.url(), `${drive.origin}/`);
});

test("30 chosen files: progress grows, one is cancelled, one fails and is retried", async () => {
  const small = Array.from({ length: 22 }, (_, i) =>
    support.writeSample(samples, `small/note ${i} +é%#.txt`, 1_000 + i),
  );
  const big = Array.from({ length: 8 }, (_, i) =>
    support.writeSample(samples, `big/film ${i}.mp4`, 3_000_000),
  );
  const [flaky, hiccup, cancelled] = ["film 1.mp4", "film 2.mp4", "film 3.mp4"];
  const failures_left = new Map([
    [flaky, 3], // as often as the page tries by itself
    [hiccup, 1],
  ]);
  await page.route(/film%20[12]\.mp4/, (route) => {
    const name = decodeURIComponent(basename(new URL(route.request().url()).pathname));
    const left = failures_left.get(name) ?? 0;
    if (route.request().method() !== "PUT" || left === 0) return route.continue();
    failures_left.set(name, left - 1);
    return route.abort("connectionreset");
  });

  await drive.throttle(4_000_000);
  await drive.watchBars();
  await drive.choose("files", [...big, ...small]);
  await drive.untilState(cancelled, "uploading");
  await page.getByRole("button", { name: `Cancel ${cancelled}` }).click();
  await drive.untilState(cancelled, "cancelled");

  await drive.untilState(flaky, "failed");
  assert.match(await drive.row(flaky).locator(".row-error").innerText(), /cannot be reached/);
  assert.equal(failures_left.get(flaky), 0);
  await drive.untilIdle();
  assert.deepEqual(await drive.counts(), { all: 30, active: 0, failed: 2, done: 28 });

  await page.getByRole("button", { name: `Retry ${flaky}` }).click();
  await drive.show("All");
  await drive.untilState(flaky, "done");
  await drive.untilIdle();
  assert.equal(failures_left.get(hiccup), 0);
  assert.deepEqual(await drive.counts(), { all: 30, active: 0, failed: 1, done: 29 });

  const bars = await drive.barsSeen();
  for (const name of ["film 0.mp4", "film 4.mp4"]) {
    const between = bars[name].filter((part) => part > 0 && part < 1);
    assert.ok(between.length >= 3, `${name} showed only ${JSON.stringify(bars[name])}`);
    assert.deepEqual(
      between,
      [...between].sort((a, b) => a - b),
      `${name} went backwards`,
    );
  }
  await page.unroute(/film%20[12]\.mp4/);
  await drive.throttle(-1);

  const names = (await drive.listed()).map((file) => file.file_name);
  const expected = [...big, ...small].map((path) => basename(path)).filter((n) => n !== cancelled);
  assert.deepEqual(names.sort(), expected.sort());
});

test("a cancelled file can be taken up again", async () => {
  await drive.show("Failed");
  await page.getByRole("button", { name: "Retry film 3.mp4" }).click();
  await drive.show("All");
  await drive.untilState("film 3.mp4", "done");
});

test("a chosen folder and a dropped one keep their paths, past 100 entries", async () => {
  await drive.clear();
  for (let i = 0; i < 3; i++) support.writeSample(samples, `trip/day ${i}/map.json`, 2_000 + i);
  for (let i = 0; i < 130; i++) support.writeSample(samples, `harbour/raw/${i}.jpg`, 500 + i);
  await drive.choose("folder", join(samples, "trip"));
  await page.getByLabel("Storage tier").selectOption("glacier");
  await drive.drop([join(samples, "harbour")]);
  await page.waitForFunction(() => document.querySelector(".count").textContent === "133");
  await drive.untilIdle();
  assert.equal((await drive.counts()).done, 133);

  const trip = await drive.listed("trip/");
  assert.deepEqual(
    trip.map(({ file_name, tier }) => [file_name, tier]).sort(),
    [0, 1, 2].map((i) => [`trip/day ${i}/map.json`, "standard"]),
  );
  const harbour = await drive.listed("harbour/");
  assert.equal(harbour.length, 130);
  assert.deepEqual(new Set(harbour.map((file) => file.tier)), new Set(["glacier"]));
  await page.getByLabel("Storage tier").selectOption("standard");
});

test("what is too large or has a bad name fails alone, in words", async () => {
  await drive.clear();
  const large = support.writeSparse(samples, "too large.iso", 800_000_001);
  const bad = support.writeSample(samples, "bad\u0001name.txt", 10);
  const fine = support.writeSample(samples, "fine.txt", 10);
  await drive.choose("files", [large, bad, fine]);
  await drive.untilIdle();
  const error = (name) => drive.row(name).locator(".row-error").innerText();
  assert.match(await error("too large.iso"), /too large: .* the limit is 800 MB/);
  assert.match(await error("bad\u0001name.txt"), /name|character/i);
  assert.equal((await drive.counts()).done, 1);
  const status = page.locator("[data-live=uploads]");
  assert.match(await status.textContent(), /finished: 1 of 3 files uploaded, 2 failed/);
});

test("a file that changes on disk before its turn fails alone and says so", async () => {
  await drive.clear();
  const films = Array.from({ length: 10 }, (_, i) =>
    support.writeSample(samples, `long/long ${i}.mp4`, 200_000),
  );
  const changing = support.writeSample(samples, "changing.txt", 100);
  await drive.throttle(100_000);
  await drive.choose("files", [...films, changing]);
  await drive.untilState("long 0.mp4", "uploading");
  support.writeSample(samples, "changing.txt", 150);
  // Chromium compares whole seconds.
  utimesSync(changing, new Date(), new Date(Date.now() + 10_000));
  await drive.throttle(-1);
  await drive.untilIdle();
  await drive.show("Failed");
  const error = await drive.row("changing.txt").locator(".row-error").innerText();
  assert.match(error, /changed, moved or deleted on this computer/);
  assert.equal((await drive.counts()).done, 10);
});

test("the list: paging, search by folder, download with the same bytes, delete", async () => {
  await drive.clear();
  const rows = page.locator("[aria-label='Files on the server'] > li");
  await page.getByRole("button", { name: "Load more" }).click();
  const { length } = await drive.listed();
  assert.ok(length > 100);
  await page
    .locator(`[aria-label='Files on the server'] > li[aria-setsize="${length}"]`)
    .first()
    .waitFor();

  await page.getByLabel(/starts with/).fill("trip/day 1");
  await page.waitForFunction(
    () => document.querySelectorAll("[aria-label='Files on the server'] > li").length === 1,
  );
  assert.match(await rows.first().innerText(), /map\.json/);
  assert.match(await rows.first().innerText(), /2 kB/);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: /Download trip/ }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "map.json");
  const original = readFileSync(join(samples, "trip/day 1/map.json"));
  assert.ok(readFileSync(await download.path()).equals(original));

  await page.getByRole("button", { name: /Delete trip/ }).click();
  await page.getByRole("button", { name: "Keep it" }).click();
  assert.equal((await drive.listed("trip/day 1")).length, 1);
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.equal(await focused(), "Delete trip/day 1/map.json");
  await page.getByRole("button", { name: /Delete trip/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No file starts with").waitFor();
  assert.equal((await drive.listed("trip/day 1")).length, 0);
  await page.getByRole("button", { name: "Show all files" }).click();
});

test("names with every kind of character come back as they went", async () => {
  const odd = ["a+b c.txt", "100%.txt", "#1?.txt", "naïve “x”.txt", "日本 語.txt", "it's & co.txt"];
  await drive.choose(
    "files",
    odd.map((name) => support.writeSample(samples, `odd/${name}`, 321)),
  );
  await drive.untilIdle();
  for (const name of odd) {
    const [file] = await drive.listed(name);
    assert.equal(file?.file_name, name);
    const url = `${drive.origin}/api/files/${encodeURIComponent(file.id)}/download`;
    const body = await (await context.request.get(url)).body();
    assert.ok(body.equals(readFileSync(join(samples, "odd", name))), name);
  }
  await drive.clear();
});

test("all of it works by keyboard, with a focus that can be seen", async () => {
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.locator("body").click({ position: { x: 5, y: 5 } });
  const tabTo = async (pattern) => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press("Tab");
      const { name, ring } = await page.evaluate(() => {
        const on = document.activeElement;
        const box = on.closest(".search") ?? on;
        const style = getComputedStyle(box);
        return {
          name: on.getAttribute("aria-label") ?? on.labels?.[0]?.innerText ?? on.innerText ?? "",
          ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
        };
      });
      assert.ok(ring || name === "", `${name} has the focus, but it cannot be seen`);
      if (pattern.test(name)) return;
    }
    assert.fail(`Tab never came to ${pattern}`);
  };
  const film = support.writeSample(samples, "keys.mp4", 3_000_000);
  await drive.throttle(400_000);
  await tabTo(/Choose files/);
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.keyboard.press("Enter"),
  ]);
  await chooser.setFiles(film);
  await drive.untilState("keys.mp4", "uploading");
  await tabTo(/Storage tier/);
  await tabTo(/^Pause/);
  await tabTo(/Cancel keys.mp4/);
  await page.keyboard.press("Space");
  await drive.untilState("keys.mp4", "cancelled");
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.equal(await focused(), "Retry keys.mp4");
  await drive.throttle(-1);
  await page.keyboard.press("Enter");
  await drive.untilState("keys.mp4", "done");

  await tabTo(/starts with/);
  await page.keyboard.type("keys.mp4");
  await page.waitForFunction(
    () => document.querySelectorAll("[aria-label='Files on the server'] > li").length === 1,
  );
  await tabTo(/Delete keys.mp4/);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await focused(), "Delete keys.mp4");
  await page.keyboard.press("Enter");
  await tabTo(/^Delete$/);
  await page.keyboard.press("Enter");
  await page.getByText("No file starts with").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "files-heading");
  await page.getByRole("button", { name: "Show all files" }).click();
  await drive.clear();
});

test("5,000 uploads: only visible rows are in the document, and any can be reached", async () => {
  // One file stands for all: what counts is the number of rows.
  await page.evaluate(() => {
    const input = document.querySelector("[data-pick=files]");
    const files = new DataTransfer();
    for (let i = 0; i < 5_000; i++) files.items.add(new File(["x"], `row ${i}.txt`));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await page.getByRole("button", { name: "Pause" }).click();
  await page.waitForFunction(() => document.querySelector(".count").textContent === "5,000");
  assert.ok((await page.locator(".upload-row").count()) < 40);
  await page.locator(".upload-scroller").evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await drive.row("row 4999.txt").waitFor();
  assert.ok((await page.locator(".upload-row").count()) < 40);
  await page.getByRole("button", { name: "Cancel all" }).click();
  await drive.untilIdle();
  await drive.clear();
});

test("320 px wide, nothing sticks out; screenshots of both themes", async () => {
  await drive.deleteAll();
  await page.reload();
  await page.waitForSelector(".drop-zone");
  for (const name of ["Start line.jpg", "Finish.jpg", "Results.csv"]) {
    support.writeSample(samples, `Regatta 2026/${name}`, 40_000 * name.length);
  }
  await page.getByLabel("Storage tier").selectOption("glacier");
  await drive.choose("folder", join(samples, "Regatta 2026"));
  await drive.untilIdle();
  await drive.clear();
  await page.getByLabel("Storage tier").selectOption("standard");
  const show = join(samples, "show");
  const named = [
    ["Harbour at dawn.jpg", 2_400_000],
    ["Boat plans (final).pdf", 5_200_000],
    ["Drone over the slip.mp4", 14_000_000],
    ["Tide tables 2026.csv", 900_000],
    ["Crew photos.zip", 9_000_000],
    ["a long name that says everything about what is in this file and then some more.txt", 4_000],
  ];
  const refused = support.writeSparse(samples, "Whole season.mov", 1_400_000_000);
  const paths = named.map(([name, size]) => support.writeSample(show, name, size));
  await drive.throttle(3_000_000);
  await drive.choose("files", [paths[0], refused, ...paths.slice(1)]);
  await drive.untilState(named[0][0], "done");
  const sticksOut = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await sticksOut(), 0);
  await page.setViewportSize({ width: 1180, height: 1160 });
  for (const theme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme: theme });
    const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const [red] = /\d+/.exec(colour);
    assert.equal(Number(red) > 128, theme === "light", `${theme}: ${colour}`);
    if (process.env.SLIPWAY_SCREENSHOTS === "1") {
      mkdirSync(images, { recursive: true });
      const path = join(images, `page-${theme}.png`);
      await page.screenshot({ path, animations: "disabled" });
    }
  }
  await drive.throttle(-1);
  await drive.untilIdle();
  await page.setViewportSize({ width: 320, height: 640 });
  assert.equal(await sticksOut(), 0);
  await page.setViewportSize({ width: 1180, height: 1000 });
});

test("without a cookie the page says which link to open", async () => {
  await context.clearCookies();
  await page.reload();
  await page.getByText("Open the link that").waitFor();
  assert.match(await page.locator("main").innerText(), /slipway serve/);
});

test("nothing broke the content security policy, nothing threw", () => {
  assert.deepEqual(drive.problems, []);
});
