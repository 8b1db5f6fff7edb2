// Microsoft's own Node clients: msal-node and microsoft-graph-client. Prints what they make of a tenant as JSON.
//
//   node_client.mjs OPTIONS      as python_client.py; the authority's certificate comes in NODE_EXTRA_CA_CERTS
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { ConfidentialClientApplication } = require("@azure/msal-node");
const { Client } = require("@microsoft/microsoft-graph-client");
const options = JSON.parse(process.argv[2]);
const SCOPE = "https://graph.microsoft.com/.default";

function application(secret, { tenant = options.tenant, client = options.client } = {}) {
  return new ConfidentialClientApplication({
    auth: {
      clientId: client,
      clientSecret: secret,
      authority: `${options.url}/${tenant}`,
      knownAuthorities: [new URL(options.url).host],
    },
  });
}

async function token(secret, how) {
  const msal = application(secret, how);
  try {
    const told = await msal.acquireTokenByClientCredential({ scopes: [SCOPE] });
    const again = await msal.acquireTokenByClientCredential({ scopes: [SCOPE] });
    return {
      has_token: Boolean(told.accessToken),
      token_type: told.tokenType,
      lives: Math.round((told.expiresOn - Date.now()) / 60_000),
      from_cache: again.fromCache && again.accessToken === told.accessToken,
    };
  } catch (err) {
    return { type: err.name, code: err.errorCode, number: err.errorNo, message: String(err.errorMessage).slice(0, 60) };
  }
}

const msal = application(options.secret);
const client = Client.init({
  baseUrl: `${options.url}/`,
  defaultVersion: "v1.0",
  customHosts: new Set([new URL(options.url).hostname]),
  authProvider: (done) =>
    msal.acquireTokenByClientCredential({ scopes: [SCOPE] }).then(
      (told) => done(null, told.accessToken),
      (err) => done(err, null),
    ),
});
const body = {
  message: {
    subject: "From a foreign client",
    body: { contentType: "Text", content: "Hello" },
    toRecipients: [{ emailAddress: { address: options.recipient } }],
  },
  saveToSentItems: false,
};
const sent = {};
for (const address of [...options.permitted, ...options.forbidden, options.unknown]) {
  try {
    await client.api(`/users/${encodeURIComponent(address)}/sendMail`).post(body);
    sent[address] = { status: 202 };
  } catch (err) {
    sent[address] = {
      type: err.constructor.name,
      status: err.statusCode,
      code: err.code,
      message: err.message,
      request_id: err.requestId ?? err.headers?.get("request-id"),
      dated: err.date instanceof Date && !Number.isNaN(err.date.getTime()),
    };
  }
}
let read = null;
if (options.read) {
  const people = [];
  const links = [];
  let page = await client.api("/users").top(2).get();
  for (;;) {
    people.push(...page.value.map((user) => user.userPrincipalName));
    const link = page["@odata.nextLink"];
    if (!link) break;
    links.push(link);
    page = await client.api(link).get();
  }
  read = { people, links };
}
console.log(
  JSON.stringify({
    msal: {
      right: await token(options.secret),
      "wrong secret": await token("wrong~secret-that-nobody-has-made-0"),
      "unknown client": await token(options.secret, { client: "99999999-9999-4999-8999-999999999999" }),
    },
    sent,
    read,
  }),
);
