// SPDX-License-Identifier: Apache-2.0

const units = ["bytes", "kB", "MB", "GB", "TB"];

/** Decimal, as the limits are: 800 MB is 800,000,000 bytes. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be printed as 1000.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  if (unit === 0) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  const digits = value < 9.95 && unit > 1 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}
