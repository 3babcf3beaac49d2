// SPDX-License-Identifier: Apache-2.0
import { extensionOf } from "./format.ts";

const kinds: [string, RegExp][] = [
  ["image", /^image\//],
  ["media", /^(video|audio)\//],
  ["text", /^(text\/|application\/(pdf|json|xml|msword|rtf|vnd\.))/],
  ["archive", /(zip|tar|gzip|compressed|x-7z|x-bzip2?|x-xz|zstd)$/],
];

/** A small tile that tells kinds of files apart at a glance. */
export function FileBadge({ name, content_type }: { name: string; content_type: string }) {
  const kind = kinds.find(([, pattern]) => pattern.test(content_type))?.[0] ?? "other";
  return (
    <span className="file-badge" data-kind={kind} aria-hidden="true">
      {extensionOf(name) || "file"}
    </span>
  );
}
