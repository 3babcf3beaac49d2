// SPDX-License-Identifier: Apache-2.0

// A small server that keeps the upload service's and the store's HTTP contract in memory, with
// faults on request. The tests run against it, and so can the page:
//   npm run build && node tests/support/api_double.mjs      (prints the link to open)
import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const content_types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

export class ApiDouble {
  user = "alice";
  settings = {
    file_size_max: 800_000_000,
    batch_files_max: 10_000,
    uploads_concurrent_max: 10,
    tiers: [
      { name: "standard", storage_class: "STANDARD" },
      { name: "glacier", storage_class: "GLACIER" },
    ],
    tier_default: "standard",
    version: "0.0.0",
  };
  url_expires_ms = 3_600_000;
  /**
   * What to answer a PUT with instead: {status, code, message} or {drop: true}, or nothing.
   * @type {(s3_key: string, attempt: number) => any}
   */
  failPut = () => undefined;
  /**
   * What to answer an API request with instead: {status, error, code}, or nothing.
   * @type {(route: string) => any}
   */
  failApi = () => undefined;

  tickets = new Map(); // s3_key -> {request, id, expires_ms, signature}
  objects = new Map(); // s3_key -> Buffer
  files = new Map(); // id -> file as listed
  put_attempts = new Map();
  requests = []; // {route, body} of every API call, in order
  puts_active = 0;
  puts_active_max = 0;

  constructor({ token = "double" } = {}) {
    this.token = token;
  }

  async start(port = 0, store_port = 0) {
    this.store = createServer((request, response) =>
      this.#guard(response, this.#store(request, response)),
    );
    this.api = createServer((request, response) =>
      this.#guard(response, this.#api(request, response)),
    );
    const listen = (server, on) =>
      new Promise((resolve) =>
        server.listen(on, "127.0.0.1", () => resolve(server.address().port)),
      );
    this.store_url = `http://127.0.0.1:${await listen(this.store, store_port)}`;
    this.url = `http://127.0.0.1:${await listen(this.api, port)}`;
    return this;
  }

  async stop() {
    for (const server of [this.api, this.store]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  #guard(response, work) {
    work.catch((error) => {
      if (response.destroyed) return;
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  }

  async #api(request, response) {
    const url = new URL(request.url, this.url);
    const given = url.searchParams.get("token");
    if (url.pathname === "/" && given === this.token) {
      const cookie = `slipway=${this.token}; HttpOnly; SameSite=Strict; Path=/`;
      response.writeHead(303, { Location: "/", "Set-Cookie": cookie }).end();
      return;
    }
    if (!url.pathname.startsWith("/api/")) return this.#page(url, response);
    const body = (await readBody(request)).toString();
    const route = `${request.method} ${url.pathname}`;
    this.requests.push({ route, body: body === "" ? null : JSON.parse(body) });
    const fault = this.failApi(route);
    if (fault)
      return problem(response, fault.status, fault.error ?? "injected", fault.code ?? "injected");
    const signed_in = (request.headers.cookie ?? "").includes(`slipway=${this.token}`);
    if (!signed_in && request.headers.authorization !== `Bearer ${this.token}`) {
      return problem(response, 401, "Sign in first.", "unauthenticated");
    }
    if (route === "GET /api/settings/") {
      return json(response, 200, { user: this.user, ...this.settings });
    }
    if (route === "POST /api/files/upload/")
      return json(response, 200, this.#issue(JSON.parse(body)));
    if (route === "POST /api/files/confirm_uploads/") {
      const results = JSON.parse(body).s3_keys.map((key) => this.#confirm(key));
      return json(response, 200, { message: "Upload confirmation processed", results });
    }
    if (route === "GET /api/files/") return json(response, 200, this.#list(url.searchParams));
    return this.#file(request.method, url.pathname, response);
  }

  #issue({ files }) {
    const successful = [];
    const failed = [];
    files.forEach((request, index) => {
      const { file_name } = request;
      const refuse = (code, error) =>
        failed.push({ index, file_name, status: "failed", error, code });
      if (request.file_size > this.settings.file_size_max) {
        return refuse(
          "file_too_large",
          `File size exceeds the limit of ${this.settings.file_size_max} bytes`,
        );
      }
      if (/[\u0000-\u001f\u007f]|(^|\/)\.{0,2}(\/|$)/.test(file_name)) {
        return refuse(
          "invalid_file_name",
          "The file name contains control characters or empty parts.",
        );
      }
      let key = request.s3_key;
      if (key !== undefined && !this.tickets.has(key)) {
        return refuse("upload_not_found", "There is no pending upload with this key.");
      }
      if (key === undefined) {
        key = `${this.user}/${file_name}`;
        const taken = (name) => this.tickets.has(name) || this.objects.has(name);
        if (taken(key) && request.on_conflict === "fail") {
          return refuse("file_exists", "A file with this name exists already.");
        }
        const [, stem, extension] = /^(.*?)(\.[^./]*)?$/.exec(key);
        for (let copy = 1; request.on_conflict !== "replace" && taken(key); copy++) {
          key = `${stem} (${copy})${extension ?? ""}`;
        }
      }
      const signature = randomUUID();
      const expires_ms = Date.now() + this.url_expires_ms;
      const id = key.replaceAll("/", "-");
      this.tickets.set(key, { request, id, expires_ms, signature });
      const path = key.split("/").map(encodeURIComponent).join("/");
      successful.push({
        index,
        file_name,
        presigned_url: `${this.store_url}/slipway/${path}?signature=${signature}`,
        s3_key: key,
        id,
        status: "success",
        headers: { "Content-Type": request.content_type },
        expires_at: new Date(expires_ms).toISOString(),
      });
    });
    const good = `Successfully generated presigned URLs for ${successful.length} files.`;
    const message = `${good} ${failed.length} files failed.`;
    return { message, successful, failed };
  }

  #confirm(s3_key) {
    const ticket = this.tickets.get(s3_key);
    const object = this.objects.get(s3_key);
    if (ticket?.confirmed) return { s3_key, status: "success", message: "Upload confirmed" };
    const refuse = (code, error) => ({ s3_key, status: "failed", message: error, error, code });
    if (!ticket) return refuse("upload_not_found", "There is no pending upload with this key.");
    if (!object) return refuse("object_missing", "The file is not in the store.");
    if (object.length !== ticket.request.file_size) {
      return refuse("size_mismatch", `The store holds ${object.length} bytes of it.`);
    }
    ticket.confirmed = true;
    this.files.set(ticket.id, {
      id: ticket.id,
      s3_key,
      file_name: s3_key.slice(this.user.length + 1),
      file_size: object.length,
      content_type: ticket.request.content_type,
      tier: ticket.request.tier,
      checksum: createHash("sha256").update(object).digest("base64"),
      uploaded_at: new Date().toISOString(),
    });
    return { s3_key, status: "success", message: "Upload confirmed" };
  }

  #list(parameters) {
    const prefix = parameters.get("prefix") ?? "";
    const limit = Number(parameters.get("limit") ?? 100);
    const after = parameters.get("cursor");
    const found = [...this.files.values()]
      .filter(
        (file) => file.file_name.startsWith(prefix) && (after === null || file.file_name > after),
      )
      .sort((a, b) => (a.file_name < b.file_name ? -1 : 1));
    const files = found.slice(0, limit);
    return { files, next_cursor: found.length > limit ? files.at(-1).file_name : null };
  }

  #file(method, path, response) {
    const [, id_encoded, download] = /^\/api\/files\/([^/]+)(\/download)?$/.exec(path) ?? [];
    const file = id_encoded && this.files.get(decodeURIComponent(id_encoded));
    if (!file) return problem(response, 404, "There is no such file.", "file_not_found");
    if (method === "DELETE") {
      this.files.delete(file.id);
      this.objects.delete(file.s3_key);
      this.tickets.delete(file.s3_key);
      return response.writeHead(204).end();
    }
    if (!download) return json(response, 200, file);
    const key_path = file.s3_key.split("/").map(encodeURIComponent).join("/");
    response.writeHead(302, { Location: `${this.store_url}/slipway/${key_path}?download` }).end();
  }

  async #page(url, response) {
    const path = normalize(url.pathname === "/" ? "/index.html" : url.pathname);
    const file = await readFile(join(dist, path)).catch(() => null);
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, {
      "Content-Type": content_types[extname(path)] ?? "application/octet-stream",
      "Content-Security-Policy":
        `default-src 'self'; connect-src 'self' ${this.store_url}; ` +
        "img-src 'self' data: blob:; style-src 'self'",
    });
    response.end(file);
  }

  async #store(request, response) {
    response.setHeader("Access-Control-Allow-Origin", "*");
    if (request.method === "OPTIONS") {
      response.setHeader("Access-Control-Allow-Methods", "PUT, GET");
      response.setHeader("Access-Control-Allow-Headers", "*, content-type");
      return response.writeHead(200).end();
    }
    const url = new URL(request.url, this.store_url);
    const key = url.pathname.split("/").slice(2).map(decodeURIComponent).join("/");
    if (request.method === "GET") {
      const name = encodeURIComponent(key.split("/").at(-1));
      response.setHeader("Content-Disposition", `attachment; filename*=UTF-8''${name}`);
      return response.end(this.objects.get(key));
    }
    this.puts_active++;
    this.puts_active_max = Math.max(this.puts_active_max, this.puts_active);
    response.on("close", () => this.puts_active--);
    const body = await readBody(request);
    const attempt = (this.put_attempts.get(key) ?? 0) + 1;
    this.put_attempts.set(key, attempt);
    const fault = this.failPut(key, attempt);
    if (fault?.drop) return request.socket.destroy();
    if (fault) return xmlError(response, fault.status, fault.code, fault.message ?? "injected");
    const ticket = this.tickets.get(key);
    if (ticket?.signature !== url.searchParams.get("signature")) {
      return xmlError(response, 403, "SignatureDoesNotMatch", "The signature does not match.");
    }
    if (Date.now() > ticket.expires_ms) {
      return xmlError(response, 403, "AccessDenied", "Request has expired");
    }
    this.objects.set(key, body);
    response.writeHead(200).end();
  }
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function json(response, status, value) {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

function problem(response, status, error, code) {
  response.writeHead(status, { "Content-Type": "application/problem+json" });
  response.end(
    JSON.stringify({ type: "about:blank", title: code, status, detail: error, error, code }),
  );
}

function xmlError(response, status, code, message) {
  response.writeHead(status, { "Content-Type": "application/xml" });
  response.end(
    `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const double = await new ApiDouble().start(Number(process.env.PORT ?? 0));
  console.log(`${double.url}/?token=${double.token}`);
}
