// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState } from "react";
import type { DriveClient } from "../api/drive_client.ts";
import type { Settings } from "../api/types.ts";
import { useUploads } from "../react/use_uploads.ts";
import { ApiError, type Picked, type UploadTotals } from "../upload/index.ts";
import { DropZone, type UploadChoice } from "./drop_zone.tsx";
import { FileList } from "./file_list.tsx";
import { formatCount } from "./format.ts";
import { CloseIcon } from "./icons.tsx";
import { LiveStatus } from "./live_status.tsx";
import logo from "./slipway.svg";
import { UploadPanel } from "./upload_panel.tsx";
import { useFiles } from "./use_files.ts";

type Start =
  | { kind: "loading" }
  | { kind: "signed_out" }
  | { kind: "failed"; message: string }
  | { kind: "ready"; settings: Settings };

/** Reads the settings, then shows the drive; or says what keeps it from doing so. */
export function App({ client }: { client: DriveClient }) {
  const [start, setStart] = useState<Start>({ kind: "loading" });
  const onSignedOut = useCallback(() => setStart({ kind: "signed_out" }), []);
  const load = useCallback(async () => {
    setStart({ kind: "loading" });
    try {
      setStart({ kind: "ready", settings: await client.settings() });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) onSignedOut();
      else setStart({ kind: "failed", message: error instanceof Error ? error.message : "" });
    }
  }, [client, onSignedOut]);
  useEffect(() => void load(), [load]);

  if (start.kind === "ready") {
    return <Drive client={client} settings={start.settings} onSignedOut={onSignedOut} />;
  }
  if (start.kind === "loading") return <main className="full-page" aria-busy="true" />;
  return (
    <main className="full-page">
      <img className="logo-large" src={logo} alt="" />
      {start.kind === "signed_out" ? (
        <>
          <h1>You are not signed in</h1>
          <p>
            Open the link that <code>slipway serve</code> printed. It signs this browser in.
          </p>
        </>
      ) : (
        <>
          <h1>The drive cannot be opened</h1>
          <p>{start.message}</p>
          <button className="button primary" onClick={() => void load()}>
            Try again
          </button>
        </>
      )}
    </main>
  );
}

interface DriveProps {
  client: DriveClient;
  settings: Settings;
  onSignedOut: () => void;
}

function Drive({ client, settings, onSignedOut }: DriveProps) {
  const uploads = useUploads(client);
  const { queue, totals, signed_out } = uploads;
  const files = useFiles(client, onSignedOut);
  const [choice, setChoice] = useState<UploadChoice>({
    tier: settings.tier_default,
    on_conflict: "rename",
  });
  const [notice, setNotice] = useState("");
  const [said, setSaid] = useState("");

  useEffect(() => queue.configure(settings), [queue, settings]);
  useEffect(() => {
    if (signed_out) onSignedOut();
  }, [signed_out, onSignedOut]);
  useListFollowsUploads(totals, files.refresh, files.files.length);
  useLeaveWarning(totals.active + totals.queued > 0);
  useTitle(totals);

  const pick = ({ files: picked, unreadable }: Picked) => {
    queue.add(picked, choice);
    setNotice("");
    if (unreadable.length > 0) {
      const [first] = unreadable;
      const others = unreadable.length - 1;
      const more =
        others > 0 ? ` ${formatCount(others, "other was", "others were")} skipped, too.` : "";
      setNotice(`“${first!.path}” was skipped: ${first!.message}.${more}`);
    }
  };

  return (
    <div className="page">
      <header className="top">
        <img src={logo} alt="" />
        <span className="brand">Slipway</span>
        <span className="user" title={`Signed in as ${settings.user}`}>
          {settings.user}
        </span>
      </header>
      <main>
        <DropZone
          settings={settings}
          choice={choice}
          compact={totals.files > 0}
          onChoice={setChoice}
          onPicked={pick}
          onNotice={setNotice}
        />
        {notice !== "" && (
          <div className="notice" role="alert">
            <span>{notice}</span>
            <button className="icon-button" aria-label="Dismiss" onClick={() => setNotice("")}>
              <CloseIcon />
            </button>
          </div>
        )}
        {totals.files > 0 && <UploadPanel uploads={uploads} />}
        <FileList
          client={client}
          files={files}
          onDeleted={(file) => setSaid(`${file.file_name} is deleted.`)}
        />
      </main>
      <footer className="foot">Slipway {settings.version}</footer>
      <LiveStatus totals={totals} said={said} />
    </div>
  );
}

/** The list follows what is confirmed: now and then while uploads run, at once at their end. */
const follow_ms = 3_000;
const follow_rows_max = 1_000;

function useListFollowsUploads(totals: UploadTotals, refresh: () => void, rows: number): void {
  const idle = totals.queued + totals.active === 0;
  const shown = useRef({ done: 0, at_ms: 0 });
  const { done } = totals;
  useEffect(() => {
    if (done <= shown.current.done) {
      shown.current.done = done;
      return;
    }
    const since_ms = Date.now() - shown.current.at_ms;
    if (!idle && rows > follow_rows_max) return;
    const wait_ms = idle ? 0 : Math.max(0, follow_ms - since_ms);
    const timer = setTimeout(() => {
      shown.current = { done, at_ms: Date.now() };
      refresh();
    }, wait_ms);
    return () => clearTimeout(timer);
  }, [done, idle, refresh, rows]);
}

function useLeaveWarning(busy: boolean): void {
  useEffect(() => {
    if (!busy) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [busy]);
}

function useTitle({ queued, active, bytes_sent, bytes_total }: UploadTotals): void {
  const percent = bytes_total > 0 ? Math.floor((100 * bytes_sent) / bytes_total) : 0;
  const title = queued + active > 0 ? `${percent} % · Slipway` : "Slipway";
  useEffect(() => {
    document.title = title;
  }, [title]);
}
