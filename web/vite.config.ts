// SPDX-License-Identifier: Apache-2.0
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `SLIPWAY_URL=http://127.0.0.1:8080 npm run dev` works on the page against a running server.
const server_url = process.env["SLIPWAY_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    assetsDir: "assets",
    // The server's CSP allows nothing inline, so no asset may become a data: URL in CSS or HTML.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": server_url } },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
