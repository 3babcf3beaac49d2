// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "react";
import type { StoredFile } from "../api/types.ts";
import { formatBytes } from "./format.ts";

interface DeleteDialogProps {
  file: StoredFile;
  onDelete: (file: StoredFile) => Promise<void>;
  /** deleted  whether the file is gone. */
  onClose: (deleted: boolean) => void;
}

/** Asks before a file is deleted. The element keeps the focus inside, and Escape closes it. */
export function DeleteDialog({ file, onDelete, onClose }: DeleteDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async () => {
    setBusy(true);
    try {
      await onDelete(file);
      onClose(true);
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : String(failure));
      setBusy(false);
    }
  };
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby="delete-heading"
      aria-describedby="delete-words"
      onCancel={(event) => {
        event.preventDefault();
        if (!busy) onClose(false);
      }}
    >
      <h2 id="delete-heading">Delete this file?</h2>
      <p id="delete-words">
        <strong>{file.file_name}</strong> ({formatBytes(file.file_size)}) will be deleted for good.
      </p>
      {error !== null && (
        <p className="dialog-error" role="alert">
          It was not deleted: {error}
        </p>
      )}
      <div className="dialog-buttons">
        {/* The first button gets the focus: Enter at once must not delete. */}
        <button className="button" onClick={() => onClose(false)} disabled={busy}>
          Keep it
        </button>
        <button className="button danger" onClick={() => void confirm()} disabled={busy}>
          {busy ? "Deleting…" : "Delete"}
        </button>
      </div>
    </dialog>
  );
}
