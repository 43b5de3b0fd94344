import { MikroORM } from '@mikro-orm/postgresql';
import { createDurin } from '../../../src/index.ts';
import { auditedEntities, auditedOptions } from './audited-entities.ts';

// A process of an audited app, which a test starts. It makes the change that it is told, and is killed once PostgreSQL has
// answered the statement, before it can emit an event.

const [change = '', tokenId = ''] = process.argv.slice(2);

const orm = await MikroORM.init({
  clientUrl: process.env['POSTGRES_URL'] ?? '',
  entities: auditedEntities,
  debug: ['query'],
  logger: (message) => {
    if (/(?:insert into|delete from) \S*durin_(?:auth_token|client)/.test(message))
      process.kill(process.pid, 'SIGKILL');
  },
});
const durin = createDurin(auditedOptions(orm, process.env['SECRET'] ?? ''));
for (const name of ['tokenIssued', 'tokenRevoked'] as const) durin.events.on(name, () => console.log('emitted'));

const changes: Record<string, () => Promise<unknown>> = {
  issue: () => durin.tokens.issue({ user: 1, client: 'web' }),
  revoke: () => durin.tokens.revoke(tokenId),
  revokeAll: () => durin.tokens.revokeAll({ user: 1 }),
  create: () => durin.clients.create({ name: 'partner' }),
};
await changes[change]?.();
