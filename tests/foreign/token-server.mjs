// A token server by other people (npm oidc-provider) in the place of Entra: same paths, same grant, same scope,
// its own OAuth 2.0 answers. Started by run.sh; the first line it prints is its port.
//
//   node token-server.mjs OPTIONS
//
// where OPTIONS is JSON: {"tenant": GUID, "introspection_secret": TEXT,
//   "clients": [{"id": GUID, "secret": TEXT, "format": "jwt" or "opaque", "roles": […] or null}]}
// oidc-provider is resolved from the working directory, where run.sh has installed it.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(`${process.cwd()}/`);
const { default: Provider, errors } = await import(pathToFileURL(require.resolve('oidc-provider')));

const options = JSON.parse(process.argv[2]);
const GRAPH = 'https://graph.microsoft.com';
const OBJECT_ID = randomUUID();

const known = (clientId) => options.clients.find(({ id }) => id === clientId);

const signingKey = () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'only', use: 'sig', alg: 'RS256' };
};

const client = (client_id, client_secret) => ({
  client_id,
  client_secret,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  token_endpoint_auth_method: 'client_secret_post',
});

const configuration = {
  clients: [
    ...options.clients.map(({ id, secret }) => client(id, secret)),
    client('graph-server', options.introspection_secret),
  ],
  jwks: { keys: [signingKey()] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: async () => true },
    resourceIndicators: {
      enabled: true,
      // Entra's v2 endpoint knows no `resource`: it is the part of the scope before `/.default`.
      defaultResource: async (ctx) => {
        const { scope } = ctx.oidc.params;
        if (scope !== `${GRAPH}/.default`) throw new errors.InvalidScope('only the default scope of Graph is known here', scope);
        return GRAPH;
      },
      getResourceServerInfo: async (_ctx, _resource, { clientId }) => ({
        scope: `${GRAPH}/.default`,
        audience: GRAPH,
        accessTokenTTL: 3599,
        accessTokenFormat: known(clientId).format,
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
  extraTokenClaims: async (_ctx, { clientId }) => ({
    appid: clientId,
    app_displayname: 'Foreign server',
    oid: OBJECT_ID,
    tid: options.tenant,
    roles: known(clientId).roles ?? undefined,
  }),
  routes: {
    token: '/oauth2/v2.0/token',
    introspection: '/oauth2/v2.0/introspect',
    jwks: '/discovery/v2.0/keys',
  },
};

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}/${options.tenant}`, configuration);
  provider.on('server_error', (_ctx, err) => console.error(err));
  const answer = provider.callback();
  const ours = `/${options.tenant}`;
  server.on('request', (request, response) => {
    const { url } = request;
    const path = url.startsWith(`${ours}/`) ? url.slice(ours.length) : '/unknown-tenant';
    // Entra has the discovery document below v2.0.
    request.url = path.replace('/v2.0/.well-known/', '/.well-known/');
    request.originalUrl = `${ours}${request.url}`;
    answer(request, response);
  });
  console.log(port);
});
