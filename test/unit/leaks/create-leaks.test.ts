import { expect, test, vi } from 'vitest';
import { DurinError, DurinUsageError } from '../../../src/errors.ts';
import { createLeaks, type LeaksOptions } from '../../../src/leaks/create-leaks.ts';
import { handleReport } from '../../../src/leaks/handle-report.ts';
import { maxFindings } from '../../../src/leaks/leak-report.ts';
import { maxBodyBytes } from '../../../src/leaks/report-body.ts';
import { createReporter, type SignedReport, toRequest } from '../../support/leaks/leak-reporter.ts';

const { findKey, pem, reportOf, reportOfBody } = createReporter();

/** A handler whose codec signed every token that starts with `our`. It counts MACs and revocations. */
function createHandler(options: Partial<LeaksOptions> = {}, revoke = () => Promise.resolve(null)) {
  const counted = { macs: 0, revocations: 0, errors: [] as unknown[] };
  const leaks = createLeaks({
    codec: {
      selectorOf(token) {
        counted.macs += 1;
        return token.startsWith('our') ? token : null;
      },
    },
    revoker: {
      revokeBySelector() {
        counted.revocations += 1;
        return revoke();
      },
    },
    events: { emit() {} },
    bounded: async (work) => work(),
  })({ publicKey: findKey, onError: (error) => counted.errors.push(error), ...options });
  return { counted, handle: (report: SignedReport) => leaks(toRequest(report)), leaks };
}

/** The same report, with other headers. */
const withHeaders = ({ headers, ...rest }: SignedReport, changes: Record<string, string | undefined>) => ({
  ...rest,
  headers: Object.fromEntries(
    Object.entries({ ...headers, ...changes }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ),
});

const genuine = reportOf('our-1', 'theirs', 'our-2');

test('the MAC decides, and each true positive is revoked', async () => {
  const { counted, handle } = createHandler();
  const response = await handle(genuine);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual([
    { token_raw: 'our-1', token_type: 'acme_token', label: 'true_positive' },
    { token_raw: 'theirs', token_type: 'acme_token', label: 'false_positive' },
    { token_raw: 'our-2', token_type: 'acme_token', label: 'true_positive' },
  ]);
  expect(counted).toEqual({ macs: 3, revocations: 2, errors: [] });
});

test('a token that was found at several places is revoked once', async () => {
  const { counted, handle } = createHandler();
  const response = await handle(reportOf('our-1', 'our-2', 'our-1', 'our-1'));
  expect(await response.json()).toHaveLength(4);
  expect(counted).toMatchObject({ macs: 4, revocations: 2 });
});

test.for([
  ['without a key identifier', withHeaders(genuine, { 'Github-Public-Key-Identifier': undefined })],
  ['without a signature', withHeaders(genuine, { 'Github-Public-Key-Signature': undefined })],
  ['of an unknown key', withHeaders(genuine, { 'Github-Public-Key-Identifier': 'another' })],
  ['of another signer', { ...createReporter().reportOf('our-1') }],
  ['with the signature of another body', reportOfBody(genuine.body, '[]')],
  ['with a space added', { ...genuine, body: `${genuine.body} ` }],
  ['that is no JSON', { ...genuine, body: '[' }],
] as const)('a report %s is refused without a MAC', async ([, report]) => {
  const { counted, handle } = createHandler();
  const response = await handle(report);
  expect([response.status, await response.text()]).toEqual([403, 'The signature is missing or wrong.\n']);
  expect(counted).toEqual({ macs: 0, revocations: 0, errors: [] });
});

test('a request without the headers costs no look-up of a key', async () => {
  const publicKey = vi.fn<typeof findKey>(findKey);
  const { handle } = createHandler({ publicKey });
  await handle(withHeaders(genuine, { 'Github-Public-Key-Signature': 'x' }));
  expect(publicKey).not.toHaveBeenCalled();
});

test('a method other than POST is refused', async () => {
  const { leaks } = createHandler();
  for (const method of ['GET', 'HEAD', 'PUT', 'OPTIONS']) {
    const response = await leaks(new Request('https://app.example.com/leaks', { method }));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  }
});

test('a body beyond the limit is refused before the key is asked for', async () => {
  const publicKey = vi.fn<typeof findKey>(findKey);
  const { counted, handle } = createHandler({ publicKey });
  expect((await handle(reportOfBody(' '.repeat(maxBodyBytes + 1)))).status).toBe(413);
  expect(publicKey).not.toHaveBeenCalled();
  expect((await handle(reportOfBody(`[]${' '.repeat(maxBodyBytes - 2)}`))).status).toBe(200);
  expect(counted.macs).toBe(0);
});

test('a report with too many entries is refused without a MAC', async () => {
  const { counted, handle } = createHandler();
  expect((await handle(reportOfBody(JSON.stringify(Array(maxFindings + 1).fill(0))))).status).toBe(413);
  expect(counted.macs).toBe(0);
});

test('a signed body that is no report is refused', async () => {
  const { counted, handle } = createHandler();
  const response = await handle(reportOfBody('{}'));
  expect([response.status, await response.text()]).toEqual([
    400,
    'The report is not a list of { token, type, url, source }.\n',
  ]);
  expect(counted).toEqual({ macs: 0, revocations: 0, errors: [] });
});

function throwAtOnce(): never {
  throw new Error('no network');
}

const failures: readonly (readonly [string, LeaksOptions['publicKey'], RegExp])[] = [
  ['throws', () => Promise.reject(new Error('no network')), /no network/],
  ['throws at once', throwAtOnce, /no network/],
  ['returns no key', () => 'no key', /publicKey must return an EC key on P-256/],
];

test.for(failures)('if publicKey %s, GitHub may try again', async ([, publicKey, sentence]) => {
  const { counted, handle } = createHandler({ publicKey });
  const response = await handle(genuine);
  expect([response.status, await response.text()]).toEqual([503, 'The report cannot be processed now.\n']);
  expect(counted).toMatchObject({ macs: 0, errors: [{ message: expect.stringMatching(sentence) }] });
});

test('if publicKey never answers, GitHub may try again', async () => {
  const onError = vi.fn<(error: unknown) => void>();
  const answer = await handleReport(
    {
      publicKey: () => new Promise(() => {}),
      publicKeyTimeoutMs: 1,
      endLeaked: () => Promise.reject(new Error('not asked')),
      onError,
    },
    {
      method: 'POST',
      header: (name) => new Headers(genuine.headers).get(name),
      readBody: () => Promise.resolve({ kind: 'bytes', bytes: Buffer.from(genuine.body) }),
    },
  );
  expect(answer.status).toBe(503);
  expect(onError).toHaveBeenCalledWith(new Error('publicKey did not answer within 1 ms'));
});

test('an outage is answered with 503, and the next try ends the rest', async () => {
  const outcomes = [() => Promise.resolve(null), () => Promise.reject(new DurinError('STORE_UNAVAILABLE'))];
  const { counted, handle } = createHandler({}, () => (outcomes.shift() ?? (() => Promise.resolve(null)))());
  expect((await handle(genuine)).status).toBe(503);
  expect(counted.errors).toMatchObject([{ durin: { code: 'STORE_UNAVAILABLE' } }]);
  expect((await handle(genuine)).status).toBe(200);
});

test('a key may be a promise, or missing in a Map', async () => {
  const keys = new Map([['f9525bf080f75b35', Promise.resolve(pem)]]);
  const { handle } = createHandler({ publicKey: (keyId) => keys.get(keyId) });
  expect((await handle(genuine)).status).toBe(200);
  expect((await handle(withHeaders(genuine, { 'Github-Public-Key-Identifier': 'x' }))).status).toBe(403);
});

test('a body that was read before is refused with the reason', async () => {
  const { counted, leaks } = createHandler();
  const request = toRequest(genuine);
  await request.json();
  const response = await leaks(request);
  expect(response.status).toBe(500);
  expect(await response.text()).toMatch(/^The raw body is gone: another handler has read it\./);
  expect(counted.errors).toEqual([expect.any(DurinUsageError)]);
});

test('a body that breaks off is refused', async () => {
  const { counted, leaks } = createHandler();
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) });
  const init = { method: 'POST', headers: genuine.headers, body, duplex: 'half' };
  expect((await leaks(new Request('https://app.example.com/leaks', init as RequestInit))).status).toBe(400);
  expect(counted.errors).toEqual([]);
});

test('an onError that throws does not break the answer', async () => {
  const printed = vi.spyOn(console, 'error').mockReturnValue();
  const { handle } = createHandler({ onError: throwAtOnce, publicKey: () => 'no key' });
  expect((await handle(genuine)).status).toBe(503);
  expect(printed).toHaveBeenCalledTimes(1);
  printed.mockRestore();
});

test.for([
  [undefined, 'durin.leaks: publicKey must be a function'],
  [{}, 'durin.leaks: publicKey must be a function'],
  [{ publicKey: pem }, 'durin.leaks: publicKey must be a function'],
  [{ publicKey: findKey, onError: 'log' }, 'durin.leaks: onError must be a function'],
  [{ publicKey: findKey, publicKeys: [] }, "durin.leaks: unknown option 'publicKeys'"],
] as const)('wrong options are named: %j', ([options, sentence]) => {
  expect(() => createHandlerOf(options)).toThrow(new DurinUsageError(sentence));
});

function createHandlerOf(options: unknown) {
  const unused = { selectorOf: () => null, revokeBySelector: () => Promise.resolve(null), emit() {} };
  const deps = { codec: unused, revoker: unused, events: unused, bounded: async () => Promise.reject(new Error()) };
  return createLeaks(deps)(options as LeaksOptions);
}
