// @microsoft/microsoft-graph-client: one sendMail per mailbox. Usage: probe.mjs GRAPH-URL LIST CONCURRENCY
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.env.BENCH_MODULES, "x.cjs"));
const { Client } = require("@microsoft/microsoft-graph-client");
const [, , url, list, concurrency] = process.argv;
const names = readFileSync(list, "utf8").split("\n").filter(Boolean);
const client = Client.init({
  baseUrl: `${url}/`,
  defaultVersion: "v1.0",
  customHosts: new Set([new URL(url).hostname]),
  authProvider: (done) => done(null, process.env.BENCH_TOKEN),
});
const body = {
  message: { subject: "Access probe, never sent", body: { contentType: "Text", content: "probe" }, toRecipients: [] },
  saveToSentItems: false,
};

async function ask(name) {
  try {
    await client.api(`/users/${name}/sendMail`).post(body);
    return [name, 202, ""];
  } catch (err) {
    return [name, err.statusCode > 0 ? err.statusCode : 0, err.code ?? ""];
  }
}

let next = 0;
async function worker() {
  while (next < names.length) {
    console.log((await ask(names[next++])).join("\t"));
  }
}
await Promise.all(Array.from({ length: Number(concurrency) }, worker));
