import { beforeEach, expect, test } from 'vitest';
import type { ClientRecord, ClientStore } from '../../../src/database/client-store.ts';
import { createDurinClients } from '../../../src/durin/durin-clients.ts';
import { type ClientInput, DurinUsageError } from '../../../src/index.ts';
import { clientDefaults, parseClientFields } from '../../../src/values/client-fields.ts';

const day = 86_400;

/** A store in memory, and the names of the clients that it updated. */
function createStore() {
  const rows = new Map<string, ClientRecord>();
  const updates: string[] = [];
  const store: Pick<ClientStore, 'createMissing' | 'list' | 'update'> = {
    async createMissing(all) {
      const missing = all.filter(({ name }) => !rows.has(name));
      for (const values of missing) rows.set(values.name, { ...values, id: rows.size + 1, created: new Date(0) });
      return missing.map(({ name }) => rows.get(name) as ClientRecord);
    },
    list: async () => [...rows.values()],
    async update(name, changes) {
      updates.push(name);
      const row = rows.get(name);
      if (row === undefined) return null;
      rows.set(name, { ...row, ...changes });
      return rows.get(name) ?? null;
    },
  };
  return { store: store as ClientStore, rows, updates };
}

/** `durin.clients` of an app whose option `clients` says this. */
function clientsOf(store: ClientStore, configured: readonly ClientInput[]) {
  return createDurinClients({
    clientStore: store,
    revoker: { emitRevoked() {} },
    clients: configured.map((fields) => {
      const given = parseClientFields(fields);
      return { given, values: { tokenTtl: day, ...clientDefaults, ...given, name: fields.name }, scopes: null };
    }),
    keyClients: { rulesOf: () => null },
    scopes: { ceilingOf: () => null },
    defaultTtlSeconds: day,
  });
}

let memory: ReturnType<typeof createStore>;
beforeEach(async () => {
  memory = createStore();
  await clientsOf(memory.store, [{ name: 'web', tokenTtl: '1d' }, { name: 'cli' }]).sync();
});

const changed: readonly ClientInput[] = [
  { name: 'web', tokenTtl: '14d', maxSessions: 5, idleTtl: '3d' },
  { name: 'cli' },
];
const differences = [
  { field: 'tokenTtl', stored: day, configured: 14 * day },
  { field: 'maxSessions', stored: 1, configured: 5 },
  { field: 'idleTtl', stored: null, configured: 3 * day },
];

test('a missing client is created, and one that is as configured is left out', async () => {
  const { sync } = clientsOf(memory.store, [
    { name: 'web', tokenTtl: '1d' },
    { name: 'tv', maxSessions: 3 },
  ]);
  expect(await sync()).toEqual([
    {
      id: 3,
      name: 'tv',
      tokenTtl: day,
      ...clientDefaults,
      maxSessions: 3,
      created: new Date(0),
      outcome: 'created',
      differences: [],
    },
  ]);
  expect(await sync()).toEqual([]);
});

test.each([undefined, {}, { update: false }, { update: [] }])('%j only returns what differs', async (options) => {
  const before = [...memory.rows.values()];
  expect(await clientsOf(memory.store, changed).sync(options)).toEqual([
    { ...before[0], outcome: 'differs', differences },
  ]);
  expect([...memory.rows.values()]).toEqual(before);
  expect(memory.updates).toEqual([]);
});

test('update: true sets the fields that the option names, and no others', async () => {
  await memory.store.update('web', { throttleRate: '5/s', maxLifetime: 99 }); // an admin's
  const [synced, ...others] = await clientsOf(memory.store, changed).sync({ update: true });
  expect(others).toEqual([]);
  expect(synced).toMatchObject({ name: 'web', outcome: 'updated', differences });
  const row = { tokenTtl: 14 * day, maxSessions: 5, idleTtl: 3 * day, throttleRate: '5/s', maxLifetime: 99 };
  expect(synced).toMatchObject(row);
  expect(memory.rows.get('web')).toMatchObject(row);
  expect(await clientsOf(memory.store, changed).sync({ update: true })).toEqual([]);
});

test('a list of fields sets those, and the result has all differences', async () => {
  const { sync } = clientsOf(memory.store, changed);
  expect(await sync({ update: ['maxSessions', 'atLimit'] })).toMatchObject([
    { name: 'web', outcome: 'updated', maxSessions: 5, tokenTtl: day, idleTtl: null, differences },
  ]);
  expect(await sync({ update: ['maxSessions'] })).toMatchObject([
    { name: 'web', outcome: 'differs', differences: [differences[0], differences[2]] },
  ]);
});

test('null in the option differs from a value, and is set', async () => {
  const { sync } = clientsOf(memory.store, [{ name: 'web', tokenTtl: null }]);
  expect(await sync({ update: true })).toMatchObject([{ outcome: 'updated', tokenTtl: null }]);
});

test('a client that was deleted meanwhile is returned as it was', async () => {
  const store: ClientStore = { ...memory.store, update: async () => null };
  expect(await clientsOf(store, changed).sync({ update: true })).toMatchObject([{ outcome: 'differs', differences }]);
});

const fields = 'tokenTtl, throttleRate, maxSessions, atLimit, idleTtl, maxLifetime';

test.each([
  [['maxSession'], 'maxSession'],
  [['tokenTtl', 'name'], 'name'],
  ['maxSessions', 'maxSessions'],
  [null, null],
  [1, 1],
])('update cannot be %j, and nothing is created', async (update, named) => {
  const { sync } = clientsOf(memory.store, [{ name: 'tv' }]);
  const outcome = sync({ update: update as never });
  await expect(outcome).rejects.toThrow(
    new DurinUsageError(`update must be true, false or a list of ${fields}: not ${JSON.stringify(named)}`),
  );
  expect(memory.rows.has('tv')).toBe(false);
});

test.each([
  [[1n], 'update must be true, false or a list of '],
  [[undefined], 'update must be true, false or a list of '],
  ['maxSessions', 'update must be true, false or a list of '],
])('an update of %s is refused', async (update, message) => {
  await expect(clientsOf(memory.store, changed).sync({ update: update as never })).rejects.toThrow(message);
});

test('a field that clients do not have is named', async () => {
  const clients = clientsOf(memory.store, changed);
  await expect(clients.update('web', { nope: 1 } as never)).rejects.toThrow('nope: A client has no such field.');
  await expect(clients.create({ name: 'new', nope: 1 } as never)).rejects.toThrow('nope: ');
  await expect(clients.update('web', null as never)).rejects.toThrow('must be an object');
});
