// SPDX-License-Identifier: Apache-2.0

/** A file to upload, under its path within what was dropped or chosen. */
export interface PickedFile {
  file_name: string;
  file: File;
}

/** What could not be read of a drop, in words. */
export interface UnreadablePath {
  path: string;
  message: string;
}

export type Picked = { files: PickedFile[]; unreadable: UnreadablePath[] };

/** Files are handed on in bunches, so that the first upload starts while the walk goes on. */
const bunch_max = 200;

/**
 * Takes the entries out of a drop. To be called within the drop event: the browser empties the
 * list as soon as its handler returns.
 */
export function entriesOf(items: DataTransferItemList): FileSystemEntry[] {
  const entries: FileSystemEntry[] = [];
  for (const item of items) {
    const entry = item.kind === "file" ? item.webkitGetAsEntry() : null;
    if (entry) entries.push(entry);
  }
  return entries;
}

/** Files from an <input>; those of a chosen folder carry their path from that folder on. */
export function filesOfInput(files: Iterable<File>): PickedFile[] {
  return Array.from(files, (file) => ({
    file_name: file.webkitRelativePath || file.name,
    file,
  }));
}

/**
 * Walks dropped files and folders, however deep.
 *
 * A folder or file that cannot be read is reported and the walk goes on.
 */
export async function* walkEntries(entries: FileSystemEntry[]): AsyncGenerator<Picked> {
  let bunch: Picked = { files: [], unreadable: [] };
  // Last in, first out, filled in reverse: the files come in the order that the folder lists them.
  const to_visit = [...entries].reverse();
  for (let entry = to_visit.pop(); entry; entry = to_visit.pop()) {
    try {
      if (entry.isDirectory) {
        const children = await childrenOf(entry as FileSystemDirectoryEntry);
        for (const child of children.reverse()) to_visit.push(child);
      } else {
        const file = await fileOf(entry as FileSystemFileEntry);
        bunch.files.push({ file_name: entry.fullPath.replace(/^\//, ""), file });
      }
    } catch (error) {
      const path = entry.fullPath.replace(/^\//, "");
      bunch.unreadable.push({ path, message: reason(error) });
    }
    if (bunch.files.length + bunch.unreadable.length >= bunch_max) {
      yield bunch;
      bunch = { files: [], unreadable: [] };
    }
  }
  if (bunch.files.length + bunch.unreadable.length > 0) yield bunch;
}

async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const children: FileSystemEntry[] = [];
  // readEntries gives 100 at a time in Chromium; only an empty answer means the end.
  for (;;) {
    const page = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (page.length === 0) return children;
    children.push(...page);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function reason(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotFoundError") return "it is no longer there";
  if (name === "NotReadableError" || name === "SecurityError") {
    return "this browser is not allowed to read it";
  }
  return "it cannot be read";
}
