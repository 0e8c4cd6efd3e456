// A real identity provider on this machine, with keys that are new at each start: node provider.mjs PORT.
// Its access tokens are signed with the algorithm that the resource names: urn:ES256.
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const kinds = {
  RS256: ['rsa', { modulusLength: 2048 }], PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }], EdDSA: ['ed25519', {}],
};
const keys = Object.entries(kinds).map(([alg, [type, options]]) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: `${alg}-${Date.now()}`,
}));
const provider = new Provider(`http://127.0.0.1:${port}`, {
  jwks: { keys },
  enabledJWA: { idTokenSigningAlgValues: Object.keys(kinds) },
  scopes: ['tasks:read', 'tasks:submit'],
  clients: [{
    client_id: 'worker', client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [],
    response_types: [], token_endpoint_auth_method: 'client_secret_post',
  }],
  ttl: { ClientCredentials: 600 },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_, resource) => ({
        scope: 'tasks:read tasks:submit', audience: 'streamdemo', accessTokenFormat: 'jwt',
        jwt: { sign: { alg: resource.replace('urn:', '') } },
      }),
    },
  },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
