import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, requiredOptions } from '../../support/app.ts';
import { entities } from '../../support/entities.ts';

const orm = new MikroORM({ entities, dbName: 'never connected' });
afterAll(() => orm.close(true));

const durin = createDurin({ ...requiredOptions(orm), clients, scopes: ['read'] });

// What a misspelled key yields where the compiler does not look: a guard without its list would let every session in.
const nothing = undefined as never;

test.for<[name: string, build: () => unknown, message: string]>([
  ['clientProcedure', () => durin.clientProcedure(nothing), 'clients must not be undefined'],
  ['clientProcedure.except', () => durin.clientProcedure.except(nothing), 'exceptClients must not be undefined'],
  ['scopedProcedure', () => durin.scopedProcedure(nothing), 'scopes must not be undefined'],
  ['guardedProcedure', () => durin.guardedProcedure({ clients: nothing }), 'clients must not be undefined'],
  ['throttledProcedure', () => durin.throttledProcedure({ scope: 'a' } as never), 'rate must not be undefined'],
  ['throttledProcedure', () => durin.throttledProcedure({ rate: '5/m' } as never), 'scope must not be undefined'],
])('%s refuses an option that is undefined', ([name, build, message]) => {
  expect(build).toThrow(`${name}: ${message}`);
});

test('throttledProcedure refuses the options of other builders', () => {
  const limit = { scope: 'search', rate: '5/m', clients: ['web'] } as const;
  expect(() => durin.throttledProcedure(limit)).toThrow("throttledProcedure: unknown option 'clients'");
});
