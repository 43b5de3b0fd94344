import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, secret } from '../../support/app.ts';
import { codeOf, type EventRecord, recordEvents } from '../../support/arena.ts';
import { createReporter, toFinding, toRequest } from '../../support/leaks/leak-reporter.ts';

const { findKey, reportOf, reportOfBody } = createReporter();
const { type, url, source } = toFinding('');

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

let durin: typeof app.durin;
let events: EventRecord;
beforeEach(() => {
  durin = createDurin(app.options);
  events = recordEvents(durin.events);
});

async function report(...tokens: readonly string[]) {
  const response = await durin.leaks({ publicKey: findKey })(toRequest(reportOf(...tokens)));
  expect(response.status).toBe(200);
  const answer = (await response.json()) as { token_raw: string; label: string }[];
  expect(answer.map(({ token_raw }) => token_raw)).toEqual(tokens);
  return answer.map(({ label }) => label);
}

test('a leaked token is revoked, and its leak is emitted', async () => {
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'api' });
  const bystander = await durin.tokens.issue({ user: 1, client: 'web' });
  expect(await report(token)).toEqual(['true_positive']);
  expect(await durin.authenticate(token).then(() => 'valid', codeOf)).toBe('INVALID_TOKEN');
  expect((await durin.authenticate(bystander.token)).id).toBe(bystander.auth.id);
  const ofToken = { tokenId: auth.id, userId: 1, client: 'api' };
  expect(events.all.slice(2)).toEqual([
    { name: 'tokenRevoked', ...ofToken, reason: 'leaked' },
    { name: 'tokenLeaked', ...ofToken, type, url, source },
    expect.objectContaining({ name: 'denied', code: 'INVALID_TOKEN' }),
  ]);
});

test('a token that has ended is a true positive, and emits nothing', async () => {
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'api' });
  await durin.tokens.revoke(auth.id);
  const before = events.all.length;
  expect(await report(token)).toEqual(['true_positive']);
  expect(events.all).toHaveLength(before);
});

test('a token that is reported several times leaks once', async () => {
  const { token } = await durin.tokens.issue({ user: 1, client: 'api' });
  expect(await report(token, token)).toEqual(['true_positive', 'true_positive']);
  expect(await report(token)).toEqual(['true_positive']);
  expect([events.count('tokenRevoked'), events.count('tokenLeaked')]).toEqual([1, 1]);
});

test('concurrent reports of a token emit its leak once', async () => {
  const { token } = await durin.tokens.issue({ user: 1, client: 'api' });
  const labels = await Promise.all(Array.from({ length: 10 }, () => report(token)));
  expect(labels.flat()).toEqual(Array(10).fill('true_positive'));
  expect([events.count('tokenRevoked'), events.count('tokenLeaked')]).toEqual([1, 1]);
});

test('what only looks like a token is a false positive', async () => {
  const { token } = await durin.tokens.issue({ user: 1, client: 'api' });
  const forged = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
  expect(await report(forged, 'anything', '', ` ${token}`)).toEqual(Array(4).fill('false_positive'));
  expect((await durin.authenticate(token)).client.name).toBe('api');
});

test('a token that an older secret signed is revoked', async () => {
  const { token } = await durin.tokens.issue({ user: 1, client: 'api' });
  durin = createDurin({ ...app.options, secret: ['the next secret of the tests, long enough', secret] });
  events = recordEvents(durin.events);
  expect(await report(token)).toEqual(['true_positive']);
  expect(events.count('tokenLeaked')).toBe(1);
});

test('an unknown place of a leak is null', async () => {
  const { token } = await durin.tokens.issue({ user: 1, client: 'api' });
  const body = JSON.stringify([{ token, type: 'acme_token', url: '' }]);
  expect((await durin.leaks({ publicKey: findKey })(toRequest(reportOfBody(body)))).status).toBe(200);
  expect(events.of('tokenLeaked')).toMatchObject([{ type: 'acme_token', url: null, source: null }]);
});

test('tokenPattern matches the tokens of this durin', async () => {
  const prefixed = createDurin({ ...app.options, tokenPrefix: 'acme_', tokenLength: 80 });
  expect(prefixed.tokenPattern).toEqual(/\bacme_[0-9a-f]{80}\b/);
  const { token } = await prefixed.tokens.issue({ user: 1, client: 'api' });
  expect(`API_KEY="${token}"`.match(prefixed.tokenPattern)?.[0]).toBe(token);
});
