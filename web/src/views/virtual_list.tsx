// SPDX-License-Identifier: Apache-2.0
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
} from "react";

/** Rows kept beyond the visible ones, so that Tab always finds the next row. */
const overscan_rows = 6;

export interface VirtualListProps<Row> {
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  /** Must be the same for all rows; CSS may make it another on a narrow screen. */
  row_height: number;
  label: string;
  render: (row: Row, index: number) => ReactNode;
  /** The element that scrolls; without one it is the page. */
  scroller?: RefObject<HTMLElement | null>;
}

/**
 * A list that has only its visible rows in the document, however long it is.
 *
 * The row that holds the focus stays, also when it is scrolled away.
 */
export function VirtualList<Row>(props: VirtualListProps<Row>) {
  const { rows, keyOf, row_height, label, render, scroller } = props;
  const list = useRef<HTMLUListElement>(null);
  const [visible, setVisible] = useState({ first: 0, end: 20 });
  const [focused, setFocused] = useState<string | number | null>(null);

  const measure = useCallback(() => {
    if (!list.current) return;
    const top = list.current.getBoundingClientRect().top;
    const frame = scroller?.current?.getBoundingClientRect();
    const from = Math.max(frame?.top ?? 0, 0) - top;
    const to = Math.min(frame?.bottom ?? window.innerHeight, window.innerHeight) - top;
    const first = Math.max(0, Math.floor(from / row_height) - overscan_rows);
    const end = Math.max(first, Math.ceil(to / row_height) + overscan_rows);
    setVisible((old) => (old.first === first && old.end === end ? old : { first, end }));
  }, [row_height, scroller]);

  // Rows above may have come or gone, or the page may have been laid out anew.
  useLayoutEffect(measure);
  useEffect(() => {
    const options = { capture: true, passive: true };
    document.addEventListener("scroll", measure, options);
    window.addEventListener("resize", measure);
    return () => {
      document.removeEventListener("scroll", measure, options);
      window.removeEventListener("resize", measure);
    };
  }, [measure]);

  const shown: number[] = [];
  for (let index = visible.first; index < Math.min(visible.end, rows.length); index++) {
    shown.push(index);
  }
  if (focused !== null) {
    const kept = rows.findIndex((row) => keyOf(row) === focused);
    if (kept >= 0 && kept < visible.first) shown.unshift(kept);
    else if (kept >= visible.end) shown.push(kept);
  }

  return (
    <ul
      ref={list}
      className="virtual-list"
      aria-label={label}
      style={{ height: rows.length * row_height }}
      onBlur={() => setFocused(null)}
    >
      {shown.map((index) => {
        const row = rows[index]!;
        const key = keyOf(row);
        return (
          <li
            key={key}
            aria-setsize={rows.length}
            aria-posinset={index + 1}
            style={{ height: row_height, transform: `translateY(${index * row_height}px)` }}
            onFocus={() => setFocused(key)}
          >
            {render(row, index)}
          </li>
        );
      })}
    </ul>
  );
}

const narrow = typeof window === "undefined" ? null : window.matchMedia("(max-width: 640px)");

export function useNarrow(): boolean {
  const [is_narrow, setNarrow] = useState(narrow?.matches ?? false);
  useEffect(() => {
    const update = () => setNarrow(narrow?.matches ?? false);
    narrow?.addEventListener("change", update);
    return () => narrow?.removeEventListener("change", update);
  }, []);
  return is_narrow;
}
