import { MikroORM } from '@mikro-orm/pglite';
import { describe, expect, test } from 'vitest';
import { expressGuard, fastifyGuard, honoGuard } from '../../../src/http/index.ts';
import { createDurin } from '../../../src/index.ts';
import { clients, requiredOptions } from '../../support/app.ts';
import { entities } from '../../support/entities.ts';

const orm = new MikroORM({ entities, dbName: 'memory://' });
const durin = createDurin({ ...requiredOptions(orm), clients });

/** The guards, untyped. */
const guards: Record<string, (durin: unknown, options?: unknown) => unknown> = {
  expressGuard: (given, options) => expressGuard(given as typeof durin, options as object),
  fastifyGuard: (given, options) => fastifyGuard(given as typeof durin, options as object),
  honoGuard: (given, options) => honoGuard(given as typeof durin, options as object),
};

describe.each(Object.entries(guards))('%s', (name, guard) => {
  test('takes no options, and those of a guard', () => {
    expect(guard(durin)).toBeTypeOf('function');
    expect(guard(durin, { clients: ['web'], fresh: '10m', rate: '5/m', scope: 'search' })).toBeTypeOf('function');
  });

  test('names a wrong option when it is created', () => {
    expect(() => guard(durin, { clinets: ['web'] })).toThrow(`${name}: unknown option 'clinets'`);
    expect(() => guard(durin, { clients: ['wbe'] })).toThrow(`${name}: no client 'wbe' in the option clients`);
    expect(() => guard(durin, { rate: '5/m' })).toThrow(`${name}: scope is required together with rate`);
  });

  test('names an argument that is no durin', () => {
    for (const wrong of [undefined, null, {}, 'durin'])
      expect(() => guard(wrong)).toThrow(`${name}: durin must be the object that createDurin returns`);
  });

  test('takes a durin of another copy of the package', () => {
    expect(guard({ ...durin })).toBeTypeOf('function'); // without the internals of this copy
  });
});

test('honoGuard names an ipAddress that is no function', () => {
  expect(() => honoGuard(durin, { ipAddress: '127.0.0.1' as never })).toThrow(
    'honoGuard: ipAddress must be a function',
  );
});
