// A real identity provider (oidc-provider) on this machine, with its own pages to sign in and to consent. Its access tokens
// for this service are JWTs of `tokenSeconds`; one client, which is public: the pages of `pages`.
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const audience = "streamdemo";
export const resource = "https://tasks.example";

async function listening(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}

// One that nothing listens on: an address must be registered before the server has it.
export async function freePort() {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function startIssuer(pages, tokenSeconds) {
  const server = createServer();
  const url = `http://127.0.0.1:${await listening(server)}`;
  const scope = "tasks:submit tasks:read tasks:cancel";
  const provider = new Provider(url, {
    clients: [{
      client_id: "pages", token_endpoint_auth_method: "none", response_types: ["code"],
      grant_types: ["authorization_code", "refresh_token"], redirect_uris: [`${pages}/`, `${pages}/race.html`],
    }],
    scopes: ["openid", "offline_access", ...scope.split(" ")],
    cookies: { keys: ["of a test"] },
    issueRefreshToken: async (_, client) => client.grantTypeAllowed("refresh_token"),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => ({ scope, audience, accessTokenFormat: "jwt", accessTokenTTL: tokenSeconds }),
      },
    },
  });
  const grants = [];  // the type of each request for a token
  provider.on("grant.success", (context) => grants.push(context.oidc.params.grant_type));
  provider.on("grant.error", (context) => grants.push(`refused ${context.oidc.params?.grant_type}`));
  server.on("request", provider.callback());
  return {
    url,
    grants,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
