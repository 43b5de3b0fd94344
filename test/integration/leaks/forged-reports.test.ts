import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CachedApp, kinds, openCachedApp } from '../../support/cache/cached-app.ts';
import { createReporter, toRequest } from '../../support/leaks/leak-reporter.ts';

const macs = vi.hoisted(() => ({ computed: 0 }));
vi.mock(import('../../../src/tokens/mac.ts'), async (importOriginal) => {
  const original = await importOriginal();
  return {
    ...original,
    createMac(...parameters) {
      const macOf = original.createMac(...parameters);
      return (data) => {
        macs.computed += 1;
        return macOf(data);
      };
    },
  };
});

const { findKey, reportOf, reportOfBody } = createReporter();

describe.each(kinds)('with a cache (%s)', (kind) => {
  let app: CachedApp;
  let token: string;
  beforeAll(async () => {
    app = await openCachedApp(kind);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    ({ token } = await app.here.tokens.issue({ user: 1, client: 'api' }));
    await app.warm(token);
  });

  /** What a report is answered with, and what it cost. */
  async function costOf(report: ReturnType<typeof reportOf>) {
    const before = [app.statements.length, app.storeCalls.length, macs.computed] as const;
    const { status } = await app.here.leaks({ publicKey: findKey })(toRequest(report));
    const [statements, storeCalls, computed] = before;
    return {
      status,
      statements: app.statements.length - statements,
      storeCalls: app.storeCalls.length - storeCalls,
      macs: macs.computed - computed,
    };
  }

  const free = { statements: 0, storeCalls: 0, macs: 0 };

  test('a forged report costs no SQL, no store call and no MAC', async () => {
    const genuine = reportOf(token);
    const { 'Github-Public-Key-Signature': _signature, ...unsigned } = genuine.headers;
    const forged = [
      createReporter().reportOf(token),
      createReporter('an unknown key').reportOf(token),
      reportOfBody(genuine.body, '[]'),
      { ...genuine, headers: unsigned },
    ];
    for (const report of forged) expect(await costOf(report)).toEqual({ status: 403, ...free });
    expect(await app.look(token, ({ client }) => client.name)).toEqual(['api', 'api']);
  });

  test('a false positive costs a MAC alone', async () => {
    const foreign = 'f'.repeat(64);
    expect(await costOf(reportOf(foreign))).toEqual({ status: 200, ...free, macs: 1 });
  });

  test('a leaked token is refused by every process at once', async () => {
    expect(await costOf(reportOf(token))).toMatchObject({ status: 200, statements: 1 });
    expect(await app.look(token, () => 'valid')).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN']);
  });
});
