import { createDurin, type GuardOptions } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';

export type RoutesApp = Awaited<ReturnType<typeof openRoutesApp>>;
export type RoutesDurin = ReturnType<typeof createRoutesDurin>;
type ClientName = 'web' | 'cli' | 'api';

/** An app whose routes are guarded. */
export async function openRoutesApp() {
  const app = await openApp();
  const durin = createRoutesDurin(app);
  await durin.clients.sync({ update: true });
  return { ...app, durin };
}

/** The app cannot say what bob may do, so his calls fail. */
function scopesOf({ username }: { username: string }): 'all' {
  if (username === 'bob') throw new Error('the directory is down');
  return 'all';
}

export function createRoutesDurin({ options }: Pick<Awaited<ReturnType<typeof openApp>>, 'options'>) {
  return createDurin({
    ...options,
    authHeaderPrefix: 'Bearer',
    apiKeyHeader: 'x-api-key',
    scopes: ['read', 'write'],
    scopesOf,
    clients: {
      web: { tokenTtl: '14d', maxSessions: 20 },
      cli: { tokenTtl: null, scopes: ['read'], throttleRate: '3/m' },
      api: { keys: {} },
    },
  });
}

/** What each route demands. */
export const routes: Readonly<Record<string, GuardOptions<ClientName, ClientName, 'read' | 'write'>>> = {
  '/me': {},
  '/read': { scopes: ['read'] },
  '/write': { scopes: ['write'] },
  '/web': { clients: ['web'] },
  '/fresh': { fresh: '10m' },
  '/search': { rate: '2/m', scope: 'search' },
};

/** A route's answer to a caller that is let in. */
export function answerTo({ user, client }: { user: { username: string }; client: { name: string } }): string {
  return `${user.username} by ${client.name}`;
}
