// A provider for the tests of accounts: npm oidc-provider, on a port of its own of this machine.
//
// It knows one public client of a desktop program, wants PKCE, gives another refresh token for each that is used, and takes back all of a
// grant when one is used twice. `node server.mjs FOLDER` takes its packages from a folder, and says its port on a line when it listens.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';

const { Provider } = await import(pathToFileURL(join(argv[2], 'node_modules/oidc-provider/lib/index.js')).href);

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [
      {
        client_id: 'legible-test',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        redirect_uris: ['http://127.0.0.1/'],
      },
    ],
    cookies: { keys: ['of no use after the test'] },
    features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    scopes: ['openid', 'offline_access'],
    ttl: { AccessToken: 600, Grant: 3600, Interaction: 3600, RefreshToken: 3600, Session: 3600 },
  });
  server.on('request', provider.callback());
  console.log(`port ${port}`);
});
