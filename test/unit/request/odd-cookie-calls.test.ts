import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DurinRequest } from '../../../src/request/durin-request.ts';
import { judgeSite } from '../../../src/request/judge-site.ts';
import { createSessionCookies } from '../../../src/request/session-cookies.ts';

const rules = { isSecure: true, allowedOrigins: new Set(['https://app.example.com']) };
const settings = { ...rules, clientNames: new Set(['web']), name: 'durin', sameSite: 'lax' } as const;

/** What an adapter may pass, and what none passes. */
const headers = fc.oneof(
  fc.dictionary(fc.constantFrom('cookie', 'Cookie', 'origin', 'host', 'upgrade', 'sec-fetch-site'), fc.anything()),
  fc.anything(),
);
const source = fc.oneof(
  fc.record({ headers, cookies: fc.anything(), method: fc.anything(), multiValueHeaders: fc.anything() }),
  fc.anything(),
);
const calls = fc.record(
  { req: source, event: source, res: fc.anything(), resHeaders: fc.anything(), info: fc.anything() },
  { requiredKeys: [] },
);

test('whatever an adapter passes, nothing throws and nothing odd passes', () => {
  fc.assert(
    fc.property(calls, (call) => {
      const durin = DurinRequest.fromAdapter(call, { trustProxy: 1 });
      const credentials = DurinRequest.sessionCookieOf(durin, 'durin');
      const read = credentials.kind === 'token' ? credentials.token : 'none';
      expect(read).toMatch(/^[\w-]{1,256}$/);
      const claims = DurinRequest.siteClaimsOf(durin);
      const refusal = createSessionCookies(settings, () => 0).refusalOfLogin('web', { durin });
      const isKnown = claims.fetchSite === 'same-origin' || claims.origin !== null;
      const isRefused = judgeSite(claims, rules) === 'cross-site' && refusal === 'CROSS_SITE';
      expect(isKnown || isRefused).toBe(true);
      expect([true, false]).toContain(DurinRequest.isSocket(durin));
      expect([true, false, null]).toContain(DurinRequest.isRead(durin));
    }),
    { numRuns: 2000 },
  );
});

test('a page of any other host is refused, however its Origin is written', () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.constantFrom('app.example.com.', 'example.com', 'localhost'));
  fc.assert(
    fc.property(host, fc.constantFrom('https', 'http'), fc.option(fc.nat(65_535)), (name, scheme, port) => {
      const origin = `${scheme}://${name}${port === null ? '' : `:${port}`}`;
      fc.pre(origin !== 'https://app.example.com');
      expect(judgeSite({ fetchSite: 'cross-site', origin, host: 'api.example.org' }, rules)).toBe('cross-site');
    }),
    { numRuns: 2000 },
  );
});
