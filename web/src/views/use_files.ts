// SPDX-License-Identifier: Apache-2.0
import { useCallback, useEffect, useRef, useState } from "react";
import type { DriveClient } from "../api/drive_client.ts";
import type { StoredFile } from "../api/types.ts";
import { ApiError } from "../upload/index.ts";

const page_size = 100;
const type_ms = 250;

export interface Files {
  files: readonly StoredFile[];
  prefix: string;
  loading: boolean;
  has_more: boolean;
  error: string | null;
  setPrefix: (prefix: string) => void;
  loadMore: () => void;
  /** Reads again as much as is on the page. */
  refresh: () => void;
  /** Rejects with ApiError. */
  remove: (file: StoredFile) => Promise<void>;
}

interface Listing {
  prefix: string;
  files: StoredFile[];
  cursor: string | null;
}

/** What the server holds, page by page. The latest request wins; older ones are called off. */
export function useFiles(client: DriveClient, onSignedOut: () => void): Files {
  const [prefix, setPrefix] = useState("");
  const [listing, setListing] = useState<Listing>({ prefix: "", files: [], cursor: null });
  const [loading, setLoading] = useState(true);
  const [error, setError] = useState<string | null>(null);
  const request = useRef<AbortController | null>(null);

  const load = useCallback(
    async (wanted: string, rows_min: number, from: Listing | null) => {
      request.current?.abort();
      const abort = (request.current = new AbortController());
      setLoading(true);
      try {
        const files = from ? [...from.files] : [];
        let cursor = from?.cursor ?? null;
        do {
          const query = { prefix: wanted, limit: page_size, cursor };
          const page = await client.listFiles(query, abort.signal);
          files.push(...page.files);
          cursor = page.next_cursor;
        } while (cursor !== null && files.length < rows_min);
        if (abort.signal.aborted) return;
        setListing({ prefix: wanted, files, cursor });
        setError(null);
      } catch (failure) {
        if (abort.signal.aborted) return;
        if (failure instanceof ApiError && failure.status === 401) onSignedOut();
        setError(failure instanceof Error ? failure.message : String(failure));
      }
      setLoading(false);
    },
    [client, onSignedOut],
  );

  const first = useRef(true);
  useEffect(() => {
    const wait_ms = first.current ? 0 : type_ms;
    first.current = false;
    const timer = setTimeout(() => void load(prefix, 0, null), wait_ms);
    return () => clearTimeout(timer);
  }, [prefix, load]);

  const refresh = useCallback(
    () => void load(prefix, listing.files.length, null),
    [load, prefix, listing.files.length],
  );
  const remove = async (file: StoredFile) => {
    try {
      await client.deleteFile(file.id);
    } catch (failure) {
      // Somebody else deleted it: that is what was wanted.
      if (!(failure instanceof ApiError && failure.status === 404)) throw failure;
    }
    setListing((old) => ({ ...old, files: old.files.filter((one) => one.id !== file.id) }));
  };
  return {
    files: listing.files,
    prefix,
    loading,
    has_more: listing.cursor !== null,
    error,
    setPrefix,
    loadMore: () => void load(listing.prefix, 0, listing),
    refresh,
    remove,
  };
}
