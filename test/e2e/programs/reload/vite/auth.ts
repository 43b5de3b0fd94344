import { MikroORM } from '@mikro-orm/postgresql';
import { createDurin } from '../../../../../src/index.ts';
import { redisBus, redisStore } from '../../../../../src/redis/index.ts';
import { defineNotifiedEntities, notifiedSecret as secret } from '../../../../support/bus/notified-entities.ts';

// A module of an app on Vite, which evaluates it again after each edit, and with it all that imports it.

const { POSTGRES_URL = '', REDIS_URL: url = '' } = process.env;
const entities = defineNotifiedEntities({ notify: false });
const { User, Client, AuthToken } = entities;

export const orm = await MikroORM.init({ clientUrl: POSTGRES_URL, entities: Object.values(entities) });
export const bus = redisBus({ url });
export const durin = createDurin({
  orm,
  entities: { User, Client, AuthToken },
  secret,
  clients: { web: { tokenTtl: '1d' } },
  verifyCredentials: () => null,
  cache: { ttl: '60s', store: redisStore({ url }), bus },
  onWarning() {}, // a busy machine is slow to connect
});
