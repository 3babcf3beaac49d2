// SPDX-License-Identifier: Apache-2.0
import { useCallback, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { DriveClient } from "../api/drive_client.ts";
import type { StoredFile } from "../api/types.ts";
import { DeleteDialog } from "./delete_dialog.tsx";
import { FileRow } from "./file_row.tsx";
import { CloseIcon, SearchIcon } from "./icons.tsx";
import type { Files } from "./use_files.ts";
import { useNarrow, VirtualList } from "./virtual_list.tsx";

interface FileListProps {
  client: DriveClient;
  files: Files;
  onDeleted: (file: StoredFile) => void;
}

export function FileList({ client, files, onDeleted }: FileListProps) {
  const [asked, setAsked] = useState<StoredFile | null>(null);
  const opener = useRef<HTMLElement | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const row_height = useNarrow() ? 84 : 60;
  const { setPrefix } = files;

  const ask = useCallback((file: StoredFile) => {
    opener.current = document.activeElement as HTMLElement | null;
    setAsked(file);
  }, []);
  const close = (deleted: boolean) => {
    if (deleted && asked) onDeleted(asked);
    // The page takes no focus until the dialog is gone.
    flushSync(() => setAsked(null));
    // Back to where the question came from; that row is gone when its file is.
    if (deleted) heading.current?.focus();
    else opener.current?.focus();
  };

  return (
    <section className="panel" aria-labelledby="files-heading">
      <div className="files-head">
        <h2 id="files-heading" ref={heading} tabIndex={-1}>
          Files
        </h2>
        <FileSearch prefix={files.prefix} onPrefix={setPrefix} />
      </div>
      {files.error !== null && (
        <div className="notice bad" role="alert">
          <span>The list could not be read: {files.error}</span>
          <button className="button small" onClick={files.refresh}>
            Try again
          </button>
        </div>
      )}
      {files.files.length > 0 && (
        <div className="file-columns" aria-hidden="true">
          <span>Name</span>
          <span>Size</span>
          <span>Tier</span>
          <span>Uploaded</span>
        </div>
      )}
      <VirtualList<StoredFile>
        rows={files.files}
        keyOf={(file) => file.id}
        row_height={row_height}
        label="Files on the server"
        render={(file) => (
          <FileRow
            file={file}
            download_url={client.downloadUrl(file.id)}
            onFolder={setPrefix}
            onDelete={ask}
          />
        )}
      />
      <FileListEnd files={files} />
      {asked && <DeleteDialog file={asked} onDelete={files.remove} onClose={close} />}
    </section>
  );
}

function FileSearch({ prefix, onPrefix }: { prefix: string; onPrefix: (prefix: string) => void }) {
  return (
    <div className="search">
      <SearchIcon />
      <input
        type="text"
        inputMode="search"
        spellCheck={false}
        autoComplete="off"
        aria-label="Show files whose folder or name starts with"
        placeholder="Folder or name starts with…"
        value={prefix}
        onChange={(event) => onPrefix(event.target.value)}
      />
      {prefix !== "" && (
        <button className="icon-button" aria-label="Show all files" onClick={() => onPrefix("")}>
          <CloseIcon />
        </button>
      )}
    </div>
  );
}

function FileListEnd({ files }: { files: Files }) {
  if (files.files.length === 0 && files.loading)
    return <p className="nothing">Reading the list…</p>;
  if (files.files.length === 0 && files.error === null) {
    return (
      <p className="nothing">
        {files.prefix === ""
          ? "Nothing here yet. What you upload appears here once it is safely stored."
          : `No file starts with “${files.prefix}”.`}
      </p>
    );
  }
  if (!files.has_more) return null;
  return (
    <div className="load-more">
      <button className="button" onClick={files.loadMore} disabled={files.loading}>
        {files.loading ? "Loading…" : "Load more"}
      </button>
    </div>
  );
}
