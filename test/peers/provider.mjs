// An identity provider (npm oidc-provider) for the tests: node provider.mjs <folder of node_modules> <port> <address to come back to> <accounts as JSON>
// An account: {"id", "email", "email_verified", "groups", …}. Every claim is given in the token, and anybody signs in with the account's id.
import { pathToFileURL } from 'node:url';
const [modules, port, back, accounts] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(modules + '/oidc-provider/lib/index.js'));
let known = new Map(JSON.parse(accounts).map((a) => [a.id, a]));
const names = [...new Set([...known.values()].flatMap(Object.keys))].filter((n) => n !== 'id');
const provider = new Provider('http://127.0.0.1:' + port, {
  clients: [{ client_id: 'buurtbel', client_secret: 'a secret between two programs', redirect_uris: [back], grant_types: ['authorization_code'] }],
  findAccount: (_, id) => known.has(id) ? { accountId: id, claims: async () => ({ ...known.get(id), sub: id, id: undefined }) } : undefined,
  claims: { openid: ['sub', 'auth_time'], email: names.filter((n) => n !== 'groups'), groups: ['groups'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  features: { devInteractions: { enabled: true } },
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid email groups');
    await grant.save();
    return grant;
  },
});
process.stdin.on('data', (line) => { known = new Map(JSON.parse(line).map((a) => [a.id, a])); console.log('changed'); }); // accounts change on a line
process.stdin.on('end', () => process.exit(0)); // whoever started it has gone
provider.listen(Number(port), '127.0.0.1', () => console.log('up'));
