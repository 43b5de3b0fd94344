import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { actAs } from '../../../src/testing/index.ts';
import { secret } from '../../support/app.ts';
import { auditedEntities, auditedOptions } from '../../support/audit/audited-entities.ts';
import { createClock } from '../../support/clock.ts';

const day = 86_400;

test('calls of a test are not counted, and its keys are not announced', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const orm = new MikroORM({ entities: auditedEntities, clientUrl: `postgresql://durin@127.0.0.1:${port}/none` });
  const clock = createClock();
  const durin = createDurin({ ...auditedOptions(orm, secret), now: clock });
  const t = initTRPC.context<DurinContext>().create();
  const router = t.router({ read: durin.guardedProcedure({ scopes: ['read'] }).query(() => 'read') });

  const [web, key] = [actAs(durin, { id: 1 }, { client: 'web' }), actAs(durin, { id: 1 }, { client: 'api' })];
  expect(await web.caller(router).read()).toBe('read');
  clock.advance(29 * day); // the key expires tomorrow
  expect(await key.caller(router).read()).toBe('read');
  await durin.close(); // writes what is collected
  expect(connections).toBe(0);

  server.close();
  await orm.close(true);
});
