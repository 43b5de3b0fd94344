import { MikroORM as PgliteORM } from '@mikro-orm/pglite';
import { MikroORM as PostgresORM } from '@mikro-orm/postgresql';
import type { Duration, Rate } from '../../../src/index.ts';
import { createDurin } from '../../../src/index.ts';
import { Client, required, User } from './app.ts';

// Every driver's ORM is taken as it is.
declare const pglite: Awaited<ReturnType<typeof PgliteORM.init>>;
declare const postgres: Awaited<ReturnType<typeof PostgresORM.init>>;
createDurin({ ...required, orm: pglite });
createDurin({ ...required, orm: postgres });
createDurin({ ...required, orm: new PgliteORM({ dbName: 'memory://', entities: [User] }) });
createDurin({ ...required, orm: new PostgresORM({ dbName: 'app', entities: [User] }) });

// Everything that can be given, at once.
createDurin({
  ...required,
  secret: ['the current secret, which is long enough', 'an older one, which is long enough'],
  clients: { web: { tokenTtl: '14d', throttleRate: '1000/h' }, cli: { tokenTtl: null, throttleRate: null }, api: {} },
  credentialFields: ['username'],
  defaultTokenTtl: 3600,
  tokenLength: 128,
  tokenPrefix: 'acme_',
  authHeaderPrefix: ['Bearer', 'Token'],
  apiKeyHeader: 'x-api-key',
  refreshTokenOnLogin: true,
  rotateTokenOnLogin: false,
  apiAccess: { clientName: 'api', excludeFromSessions: true, includeToken: true },
  isUserActive: (user) => user.username !== 'mallory',
  throttle: { rate: '100/m', login: { perUser: '5/m', perAddress: null, userKey: (input) => String(input['email']) } },
  trustProxy: 1,
  now: () => 0,
  onListenerError: (error, event) => console.error(error, event satisfies string),
});
createDurin({ ...required, throttle: { rate: null, login: false } });

// @ts-expect-error: a word that is no option
createDurin({ ...required, tokenTTL: '1d' });
// @ts-expect-error: a word that is no option of apiAccess
createDurin({ ...required, apiAccess: { client: 'api' } });
// @ts-expect-error: a word that is no option of throttle
createDurin({ ...required, throttle: { limit: '1/s' } });
// @ts-expect-error: a word that is no option of a client
createDurin({ ...required, clients: { web: { ttl: '1d' } } });
// @ts-expect-error: no property of the user
createDurin({ ...required, credentialFields: ['userName'] });
// @ts-expect-error: secret is missing
createDurin({ orm: required.orm, entities: required.entities, verifyCredentials: required.verifyCredentials });
// @ts-expect-error: AuthToken is missing
createDurin({ ...required, entities: { User, Client } });
// @ts-expect-error: not the user's entity
createDurin({ ...required, entities: { ...required.entities, User: Client } });
// @ts-expect-error: verifyCredentials gives a user, not a name
createDurin({ ...required, verifyCredentials: async () => 'alice' });

export const durations: Duration[] = [60, '60s', '15m', '12h', '14d'];
export const rates: Rate[] = ['5/s', '100/m', '1000/h', '10000/d'];
// @ts-expect-error: no such unit
createDurin({ ...required, defaultTokenTtl: '2w' });
// @ts-expect-error: no number
createDurin({ ...required, defaultTokenTtl: 'never' });
// @ts-expect-error: the default lifetime is a lifetime
createDurin({ ...required, defaultTokenTtl: null });
// @ts-expect-error: words are no duration
createDurin({ ...required, clients: { web: { tokenTtl: '14 days' } } });
// @ts-expect-error: upstream's long unit
createDurin({ ...required, throttle: { rate: '2/minute' } });
// @ts-expect-error: a number is no rate
createDurin({ ...required, clients: { web: { throttleRate: 100 } } });
// @ts-expect-error: a rate has a unit
createDurin({ ...required, throttle: { login: { perUser: '10' } } });
