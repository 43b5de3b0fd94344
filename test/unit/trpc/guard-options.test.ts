import { describe, expect, test } from 'vitest';
import { createParseGuardOptions, scopeOfPath } from '../../../src/trpc/guard-options.ts';

const parse = createParseGuardOptions(['web', 'cli'], ['read', 'write']);
const parseWithoutNames = createParseGuardOptions(null, []);

const allowedBy = (options: object) =>
  ['web', 'cli', 'kiosk'].filter((name) => parse('guardedProcedure', options).isAllowed(name));
const limitOf = (options: object) => parse('guardedProcedure', options).limit;

describe('the options of a guard', () => {
  test.each<[options: unknown, message: string]>([
    [{ client: ['web'] }, "unknown option 'client'"],
    ...['clients', 'exceptClients', 'scopes', 'anyScope', 'fresh', 'rate', 'scope'].map((option): [unknown, string] => [
      { [option]: undefined }, // as from a misspelled key
      `${option} must not be undefined`,
    ]),
    [{ clients: 'web' }, 'clients must be a list of names'],
    [{ clients: [] }, 'clients must name at least one client'],
    [{ exceptClients: [] }, 'exceptClients must name at least one client'],
    [{ clients: [1] }, 'clients.0 must be the name of a client'],
    [{ clients: ['web', 'wbe'] }, "no client 'wbe' in the option clients"],
    [{ exceptClients: ['wbe'] }, "no client 'wbe' in the option clients"],
    [{ clients: ['web'], exceptClients: ['cli'] }, 'exceptClients must not be together with clients'],
    [{ scopes: 'read' }, 'scopes must be a list of scopes'],
    [{ scopes: [] }, 'scopes must name at least one scope'],
    [{ scopes: [1] }, 'scopes.0 must be a scope'],
    [{ anyScope: [] }, 'anyScope must name at least one scope'],
    [{ scopes: ['read', 'raed'] }, "no scope 'raed' in the option scopes"],
    [{ anyScope: ['raed'] }, "no scope 'raed' in the option scopes"],
    [{ rate: '5/minute' }, "rate must be a rate such as '5/s', '100/m', '1000/h' or '10000/d'"],
    [{ fresh: 'soon' }, "fresh must be a duration such as '60s', '15m'"],
    [{ fresh: '0s' }, 'fresh must be a duration'],
    [{ scope: 'search' }, 'scope must be together with a rate'],
    ...['client', 'login', 'auth', 'key', '', 'a\nb', 'Suche für alle'].map((scope): [unknown, string] => [
      { rate: '5/m', scope },
      "scope must be 1 to 64 printable ASCII characters, and not 'client', 'login', 'auth' or 'key'",
    ]),
  ])('%j are refused by name', (options, message) => {
    expect(() => parse('guardedProcedure', options)).toThrow(`guardedProcedure: ${message}`);
  });

  test('take how fresh a session must be in seconds', () => {
    expect(parse('guardedProcedure', { fresh: '10m' }).freshSeconds).toBe(600);
    expect(parse('guardedProcedure', {}).freshSeconds).toBeNull();
  });

  test('let every client in, or the named ones, or the others', () => {
    expect(allowedBy({})).toEqual(['web', 'cli', 'kiosk']);
    expect(allowedBy({ clients: ['web'] })).toEqual(['web']);
    expect(allowedBy({ exceptClients: ['web'] })).toEqual(['cli']); // not kiosk, which is not in the option clients
  });

  test('name any client if the option clients is not set', () => {
    const { isAllowed } = parseWithoutNames('guardedProcedure', { exceptClients: ['web'] });
    expect(['web', 'kiosk'].filter(isAllowed)).toEqual(['kiosk']);
  });

  test('limit a scope, or each path', () => {
    expect(limitOf({})).toBeNull();
    expect(limitOf({ rate: '5/m' })).toEqual({ scope: null, quota: { limit: 5, windowSeconds: 60 } });
    expect(limitOf({ rate: '5/m', scope: 'search' })).toMatchObject({ scope: 'search' });
  });
});

test('the scope of a path is ASCII and none of the own scopes of trpc-durin', () => {
  expect(scopeOfPath('posts.publish')).toBe('posts.publish');
  expect(scopeOfPath('login')).toBe('procedure login');
  expect(scopeOfPath('grüße."a"')).toBe('gr%C3%BC%C3%9Fe.%22a%22');
  expect(scopeOfPath('\ud800')).toMatch(/^[\x20-\x7e]+$/);
});
