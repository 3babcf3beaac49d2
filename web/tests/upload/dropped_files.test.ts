// SPDX-License-Identifier: Apache-2.0
import { expect, it } from "vitest";
import { entriesOf, filesOfInput, walkEntries, type Picked } from "../../src/upload/index.ts";

function file(path: string, error?: Error): FileSystemEntry {
  return {
    isFile: true,
    isDirectory: false,
    fullPath: path,
    file: (resolve: (file: File) => void, reject: (error: Error) => void) =>
      error ? reject(error) : resolve(new File(["x"], path.split("/").at(-1)!)),
  } as unknown as FileSystemEntry;
}

/** Gives 100 children at a time, as Chromium does. */
function folder(path: string, children: FileSystemEntry[], error?: Error): FileSystemEntry {
  return {
    isFile: false,
    isDirectory: true,
    fullPath: path,
    createReader: () => {
      const left = [...children];
      return {
        readEntries: (
          resolve: (page: FileSystemEntry[]) => void,
          reject: (error: Error) => void,
        ) => (error ? reject(error) : resolve(left.splice(0, 100))),
      };
    },
  } as unknown as FileSystemEntry;
}

async function walk(entries: FileSystemEntry[]): Promise<Picked & { bunches: number }> {
  const all: Picked & { bunches: number } = { files: [], unreadable: [], bunches: 0 };
  for await (const picked of walkEntries(entries)) {
    all.files.push(...picked.files);
    all.unreadable.push(...picked.unreadable);
    all.bunches++;
  }
  return all;
}

it("walks folders of folders, keeps paths and order, and reads past 100 entries", async () => {
  const many = Array.from({ length: 350 }, (_, index) => file(`/trip/raw/${index}.jpg`));
  const picked = await walk([
    folder("/trip", [file("/trip/a.txt"), folder("/trip/raw", many), file("/trip/z.txt")]),
    file("/single.txt"),
  ]);
  const names = picked.files.map((one) => one.file_name);
  expect(names.slice(0, 3)).toEqual(["trip/a.txt", "trip/raw/0.jpg", "trip/raw/1.jpg"]);
  expect(names.slice(-3)).toEqual(["trip/raw/349.jpg", "trip/z.txt", "single.txt"]);
  expect(names.length).toBe(353);
  expect(picked.bunches).toBe(2);
});

it("reports what cannot be read and goes on", async () => {
  const gone = new DOMException("", "NotFoundError");
  const closed = new DOMException("", "NotReadableError");
  const picked = await walk([
    folder("/closed", [], closed),
    file("/gone.txt", gone),
    file("/fine.txt"),
  ]);
  expect(picked.files.map((one) => one.file_name)).toEqual(["fine.txt"]);
  expect(picked.unreadable).toEqual([
    { path: "closed", message: "this browser is not allowed to read it" },
    { path: "gone.txt", message: "it is no longer there" },
  ]);
});

it("finds nothing in an empty folder", async () => {
  expect(await walk([folder("/empty", [])])).toEqual({ files: [], unreadable: [], bunches: 0 });
});

it("takes entries of files only out of a drop", () => {
  const entry = file("/a.txt");
  const items = [
    { kind: "string", webkitGetAsEntry: () => null },
    { kind: "file", webkitGetAsEntry: () => entry },
  ] as unknown as DataTransferItemList;
  expect(entriesOf(items)).toEqual([entry]);
});

it("names files of a chosen folder by their path in it", () => {
  const plain = new File([""], "a.txt");
  const nested = Object.defineProperty(new File([""], "b.txt"), "webkitRelativePath", {
    value: "trip/b.txt",
  });
  expect(filesOfInput([plain, nested]).map((one) => one.file_name)).toEqual([
    "a.txt",
    "trip/b.txt",
  ]);
});
