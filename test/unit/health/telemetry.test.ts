import { expect, test } from 'vitest';
import { createTelemetry, observed } from '../../../src/health/telemetry.ts';

test('without an observer an operation runs as it is', async () => {
  const add = observed(createTelemetry(), 'login', async (one: number, other: number) => one + other);
  expect(await add(1, 2)).toBe(3);
});

test('an observer runs the operation, until there is none', async () => {
  const telemetry = createTelemetry();
  const seen: string[] = [];
  const add = observed(telemetry, 'login', async (one: number, other: number) => one + other);
  telemetry.observer = {
    authenticate: (work) => work(),
    login(work) {
      seen.push('login');
      return work();
    },
    lookUp: (work) => work(),
    refused() {},
    stop() {},
  };
  expect(await add(1, 2)).toBe(3);
  telemetry.observer = null;
  expect(await add(2, 2)).toBe(4);
  expect(seen).toEqual(['login']);
});
