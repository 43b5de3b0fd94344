import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { createSharedStore, type KeyValueStore } from '../../../src/cache/shared-store.ts';

/** A store whose answers the test gives, in the order of the calls. */
function openStore() {
  const calls: PromiseWithResolvers<unknown>[] = [];
  const call = () => {
    const answer = Promise.withResolvers<unknown>();
    calls.push(answer);
    return answer.promise;
  };
  return { calls, store: { get: call, set: call, delete: call, getMany: call } satisfies KeyValueStore };
}

test('while a call is unanswered, others fail at once, unsent', async () => {
  const { calls, store } = openStore();
  const shared = createSharedStore(store, 5);
  await expect(shared.set('a', '1', 1000)).rejects.toThrow('the store did not answer within 5 ms');
  await expect(shared.getMany(['a'])).rejects.toThrow('the store does not answer');
  expect(calls.length).toBe(1);
});

test.each(['resolve', 'reject'] as const)('once it has answered (%s), calls are sent again', async (how) => {
  const { calls, store } = openStore();
  const shared = createSharedStore(store, 5);
  await expect(shared.set('a', '1', 1000)).rejects.toThrow('within 5 ms');
  calls[0]?.[how](new Error('the connection was lost'));
  await calls[0]?.promise.catch(() => {});
  const found = shared.getMany(['a']);
  calls[1]?.resolve(['1']);
  expect(await found).toEqual(['1']);
});

test('a call that fails does not keep others from the store', async () => {
  const { calls, store } = openStore();
  const shared = createSharedStore(store, 5000);
  const failing = shared.delete('a');
  calls[0]?.reject(new Error('out of memory'));
  await expect(failing).rejects.toThrow('out of memory');
  const next = shared.delete('a');
  calls[1]?.resolve(true);
  await expect(next).resolves.toBeUndefined();
});

test('a call fails if the store emits an error meanwhile', async () => {
  const { calls, store } = openStore();
  const emitter = new EventEmitter();
  const shared = createSharedStore(Object.assign(emitter, store), 5000);
  const found = shared.getMany(['a']);
  emitter.emit('error', new Error('the connection was lost'));
  calls[0]?.resolve([undefined]);
  await expect(found).rejects.toThrow('the store emitted an error');
});

test('a call fails if the answer is not a success', async () => {
  const { calls, store } = openStore();
  const shared = createSharedStore(store, 5000);
  const [set, found] = [shared.set('a', '1', 1000), shared.getMany(['a', 'b'])];
  calls[0]?.resolve(false);
  calls[1]?.resolve(['only one']);
  await expect(set).rejects.toThrow('the store did not accept a value');
  await expect(found).rejects.toThrow('one value per key');
});

const infoIsRefused = "NOPERM User app has no permissions to run the 'info' command";

test.each([infoIsRefused, "ERR unknown command 'INFO'"])(
  'a store that answers %s is used without names',
  async (reason) => {
    const warnings: string[] = [];
    const refusing = { ...openStore().store, serversOf: () => Promise.reject(new Error(reason)) };
    const store = createSharedStore(refusing, 100, (line) => void warnings.push(line));
    expect([await store.serversOf?.(['a']), await store.serversOf?.(['a'])]).toEqual([[], []]);
    expect(warnings).toEqual([expect.stringContaining(reason)]);
  },
);

test('a store that fails to name its servers for another reason has failed', async () => {
  const failing = { ...openStore().store, serversOf: () => Promise.reject(new Error('ECONNRESET')) };
  await expect(createSharedStore(failing, 100).serversOf?.(['a'])).rejects.toThrow('ECONNRESET');
});
