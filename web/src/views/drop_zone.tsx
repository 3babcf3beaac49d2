// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState, type ChangeEvent } from "react";
import type { OnConflict, Settings } from "../api/types.ts";
import { entriesOf, filesOfInput, walkEntries, type Picked } from "../upload/index.ts";
import { formatBytes, tierLabel } from "./format.ts";
import { DropPicture, FileIcon, FolderIcon } from "./icons.tsx";

export interface UploadChoice {
  tier: string;
  on_conflict: OnConflict;
}

interface DropZoneProps {
  settings: Settings;
  choice: UploadChoice;
  /** Uploads are on the page already: take less room. */
  compact: boolean;
  onChoice: (choice: UploadChoice) => void;
  onPicked: (picked: Picked) => void;
  onNotice: (notice: string) => void;
}

export function DropZone(props: DropZoneProps) {
  const { settings, compact, onPicked } = props;
  const files_input = useRef<HTMLInputElement>(null);
  const folder_input = useRef<HTMLInputElement>(null);
  const dragging = usePageDrop(props.onPicked, props.onNotice);

  const take = (event: ChangeEvent<HTMLInputElement>) => {
    onPicked({ files: filesOfInput(event.target.files ?? []), unreadable: [] });
    // Choosing the same file again shall be a change, too.
    event.target.value = "";
  };

  return (
    <section
      className="drop-zone"
      data-compact={compact}
      data-dragging={dragging}
      aria-label="Upload"
    >
      <DropPicture />
      <div className="drop-words">
        <h1>{dragging ? "Let go to upload" : "Drop files or folders here"}</h1>
        <p>Up to {formatBytes(settings.file_size_max)} a file, as many as you like.</p>
      </div>
      <div className="drop-buttons">
        <button className="button primary" onClick={() => files_input.current?.click()}>
          <FileIcon /> Choose files
        </button>
        <button className="button" onClick={() => folder_input.current?.click()}>
          <FolderIcon /> Choose a folder
        </button>
        <input ref={files_input} type="file" multiple hidden onChange={take} data-pick="files" />
        <input
          ref={folder_input}
          type="file"
          multiple
          hidden
          onChange={take}
          data-pick="folder"
          {...{ webkitdirectory: "" }}
        />
      </div>
      <UploadChoices {...props} />
    </section>
  );
}

function UploadChoices({ settings, choice, onChoice }: DropZoneProps) {
  return (
    <div className="drop-choices">
      <label className="choice">
        <span>Storage tier</span>
        <select
          value={choice.tier}
          onChange={(event) => onChoice({ ...choice, tier: event.target.value })}
        >
          {settings.tiers.map((tier) => (
            <option key={tier.name} value={tier.name}>
              {tierLabel(tier.name)}
            </option>
          ))}
        </select>
      </label>
      <label className="choice">
        <span>If a name is taken</span>
        <select
          value={choice.on_conflict}
          onChange={(event) =>
            onChoice({ ...choice, on_conflict: event.target.value as OnConflict })
          }
        >
          <option value="rename">Keep both</option>
          <option value="replace">Replace the old file</option>
          <option value="fail">Do not upload</option>
        </select>
      </label>
    </div>
  );
}

/** The whole page takes drops: nobody should have to aim, and no drop may leave the page. */
function usePageDrop(
  onPicked: (picked: Picked) => void,
  onNotice: (notice: string) => void,
): boolean {
  const [dragging, setDragging] = useState(false);
  const callbacks = useRef({ onPicked, onNotice });
  useEffect(() => {
    callbacks.current = { onPicked, onNotice };
  });

  useEffect(() => {
    // Enter and leave come for every element on the way: only the balance tells.
    let depth = 0;
    const has_files = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
    const enter = (event: DragEvent) => {
      if (!has_files(event)) return;
      depth++;
      setDragging(true);
    };
    const leave = (event: DragEvent) => {
      if (!has_files(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setDragging(false);
    };
    const over = (event: DragEvent) => {
      if (!has_files(event)) return;
      event.preventDefault();
      event.dataTransfer!.dropEffect = "copy";
    };
    const drop = async (event: DragEvent) => {
      if (!has_files(event)) return;
      event.preventDefault();
      depth = 0;
      setDragging(false);
      let found = 0;
      for await (const picked of walkEntries(entriesOf(event.dataTransfer!.items))) {
        found += picked.files.length + picked.unreadable.length;
        callbacks.current.onPicked(picked);
      }
      if (found === 0) callbacks.current.onNotice("There was no file in what you dropped.");
    };
    window.addEventListener("dragenter", enter);
    window.addEventListener("dragleave", leave);
    window.addEventListener("dragover", over);
    window.addEventListener("drop", drop);
    return () => {
      window.removeEventListener("dragenter", enter);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("dragover", over);
      window.removeEventListener("drop", drop);
    };
  }, []);
  return dragging;
}
