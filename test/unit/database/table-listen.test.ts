import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTableListen } from '../../../src/database/notify/table-listen.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open(inspect: () => Promise<readonly string[]>) {
  const seen: string[] = [];
  const connection: { end?: () => void } = {};
  const listen = createTableListen({
    async listen({ onEnd }) {
      seen.push('listens');
      connection.end = onEnd;
      return { isInProcess: false, isOpen: () => true, async notify() {}, async close() {} };
    },
    outsideTransaction: (work) => work(),
    tables: {
      inspect() {
        seen.push('inspects');
        return inspect();
      },
    },
    timeoutMs: 20,
    onWarning: (message) => void seen.push(message),
    onSilence: () => void seen.push('silence'),
  });
  const start = () => listen({ connectionString: null, channels: [], onNotification() {}, onEnd() {} });
  return { seen, start, end: () => connection.end?.(), pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

test('the tables are inspected before it listens, and every half minute', async () => {
  const { seen, start, pass } = open(async () => []);
  const listening = await start();
  expect(seen).toEqual(['inspects', 'listens']);
  await pass(90_000);
  expect(seen).toEqual(['inspects', 'listens', 'inspects', 'inspects', 'inspects']);
  await listening.close();
  await pass(90_000);
  expect(seen).toHaveLength(5);
});

test('triggers that are gone are a warning, and what is cached is dropped', async () => {
  const answers = [[], ['"user"'], []];
  const { seen, start, pass } = open(async () => answers.shift() ?? []);
  await start();
  await pass(90_000);
  const heard = seen.filter((entry) => !['inspects', 'listens'].includes(entry));
  expect(heard).toEqual(['silence', expect.stringContaining('the triggers of "user" are gone or disabled')]);
});

test('an inspection that fails is made again', async () => {
  let turn = 0;
  const { seen, start, pass } = open(async () => {
    turn += 1;
    if (turn === 2) throw new Error('the connection was lost');
    return turn === 3 ? ['"user"'] : [];
  });
  await start();
  await pass(60_000);
  expect(seen).toContain('silence');
});

test('when the connection is lost, the inspections end', async () => {
  const { seen, start, end, pass } = open(async () => []);
  await start();
  end();
  await pass(90_000);
  expect(seen).toEqual(['inspects', 'listens']);
});

test('an inspection that is never answered is given up', async () => {
  const { seen, start } = open(() => new Promise(() => {}));
  await expect(start()).rejects.toThrow('the database did not answer within 20 ms');
  expect(seen).toEqual(['inspects']);
});
