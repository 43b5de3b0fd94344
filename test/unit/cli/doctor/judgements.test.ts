import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../../src/cli/doctor/finding.ts';
import { judgeClients } from '../../../../src/cli/doctor/judge-clients.ts';
import { judgeDatabase } from '../../../../src/cli/doctor/judge-database.ts';
import { judgeRedis, type RedisFacts } from '../../../../src/cli/doctor/judge-redis.ts';
import { judgeSecrets } from '../../../../src/cli/doctor/judge-secrets.ts';
import { judgeVersions } from '../../../../src/cli/doctor/judge-versions.ts';
import { neededRights } from '../../../../src/cli/doctor/redis-rights.ts';
import { denying } from '../../../support/cli/denied-rights.ts';

/** `problem secret`, or `ok` alone where all is well. */
function levels(findings: readonly Finding[]): string[] {
  for (const { level, cure } of findings) expect(cure === null).toBe(level === 'ok');
  const others = findings.filter(({ level }) => level !== 'ok').map(({ level, check }) => `${level} ${check}`);
  return others.length === 0 ? ['ok'] : others;
}

const random = 'pX9bHq3mZ2vT7kLwRf5sYcJn8dGaU4eo1iVtQxW6+hM=';
const older = '8kLwRf5sYcJn1dGaU4eo9iVtQxW6hMpXbHq3mZ2vT70/';

describe('the secret', () => {
  test.for([
    [[random], ['ok']],
    [[random, older], ['ok']],
    [['a secret of the tests, long enough for them'], ['problem secret']],
    [['change-me-change-me-change-me-change-me'], ['problem secret']],
    [['abababababababababababababababababab'], ['warning secret']],
    [[random, random], ['warning rotation']],
    [[random, 'your-key-here-your-key-here-your-key'], ['problem rotation']],
    [[random, older, `${older}1`, `${older}2`], ['warning rotation']],
  ] as const)('case %#', ([secrets, expected]) => {
    const findings = judgeSecrets(secrets);
    expect(levels(findings)).toEqual(expected);
    for (const secret of secrets) expect(JSON.stringify(findings)).not.toContain(secret);
  });

  test('64 hex digits are random enough', () => {
    expect(levels(judgeSecrets(['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08']))).toEqual(['ok']);
  });
});

describe('the database', () => {
  const good = {
    user: 'app',
    version: '18.4',
    isReplica: false,
    isReadOnly: false,
    replicas: 0,
    isProxied: false,
    securedTables: [],
    lacking: [],
    missing: [],
  };
  const use = { preparedStatements: true, listens: false };

  test.for([
    [{}, use, ['ok']],
    [{ replicas: 2 }, use, ['ok']],
    [{ missing: null }, use, ['warning schema']],
    [{ missing: ['create index "a" on "durin_auth_token" ("created")'] }, use, ['problem schema']],
    [{ isReplica: true }, use, ['problem primary']],
    [{ isReadOnly: true }, use, ['problem primary']],
    [{ lacking: ['delete on durin_client'] }, use, ['problem rights']],
    [{ securedTables: ['app_user'] }, use, ['problem row security']],
    [{ isProxied: true }, use, ['warning pooler']],
    [{ isProxied: true }, { preparedStatements: false, listens: false }, ['ok']],
    [{ isProxied: true }, { preparedStatements: false, listens: true }, ['warning pooler']],
    [{ isProxied: null }, use, ['ok']],
  ] as const)('case %#', ([facts, given, expected]) => {
    expect(levels(judgeDatabase({ ...good, ...facts }, given))).toEqual(expected);
  });

  test('what is missing is named in short', () => {
    const missing = ['create table "durin_token_use" ("token_id" uuid not null)', 'create index "x" on "y" ("z")'];
    const [schema] = judgeDatabase({ ...good, missing }, use);
    expect(schema?.found).toBe('The database lacks something: create table "durin_token_use", and 1 more.');
  });
});

describe('a Redis', () => {
  const good: RedisFacts = {
    version: '8.0',
    policy: 'noeviction',
    maxMemory: 0,
    isPersistent: false,
    needed: neededRights.server,
    denied: denying({}),
  };
  const judge = (facts: Partial<RedisFacts>, node: string | null = null) =>
    judgeRedis([{ node, kind: 'read', facts: { ...good, ...facts } }], new Set(['cache.store']));

  test('is judged by its policy, its disk and its rights', () => {
    expect(levels(judge({}))).toEqual(['ok']);
    expect(levels(judge({ policy: 'volatile-ttl', maxMemory: 100 }))).toEqual(['ok']);
    expect(levels(judge({ policy: 'allkeys-lru', maxMemory: 100 }))).toEqual(['problem redis memory']);
    expect(levels(judge({ policy: 'allkeys-lru' }))).toEqual(['warning redis memory']);
    expect(levels(judge({ isPersistent: true }))).toEqual(['warning redis disk']);
    expect(levels(judge({ denied: denying({ 'cache.store': ['mget'] }) }))).toEqual(['problem redis rights']);
    expect(levels(judge({ policy: null, denied: null, isPersistent: null }))).toEqual([
      'warning redis memory',
      'warning redis rights',
    ]);
  });

  test('of several servers is named in each finding', () => {
    for (const { found } of judge({ denied: denying({ 'cache.store': ['mget'] }) }, 'a:7000'))
      expect(found).toMatch(/^a:7000: [A-Z]/);
  });

  test('that cannot be asked is a problem of its own', () => {
    const readings = [
      { node: 'a:7000', kind: 'failed', reason: 'connect ECONNREFUSED' },
      { node: 'b:7000', kind: 'read', facts: good },
    ] as const;
    const findings = judgeRedis(readings, new Set());
    expect(levels(findings)).toEqual(['problem redis']);
    expect(findings[0]?.found).toBe('a:7000: It cannot be examined: connect ECONNREFUSED.');
  });
});

test('clients are compared by the fields that the option names', () => {
  const values = {
    name: 'web',
    tokenTtl: 3600,
    throttleRate: null,
    maxSessions: 5,
    atLimit: 'end-oldest' as const,
    idleTtl: null,
    maxLifetime: null,
  };
  const row = { ...values, id: 1, created: new Date(0) };
  const configured = [{ given: { tokenTtl: 3600, maxSessions: 5 }, values }];
  expect(levels(judgeClients(null, []))).toEqual(['ok']);
  expect(levels(judgeClients(configured, [{ ...row, throttleRate: '1/s' }]))).toEqual(['ok']);
  expect(levels(judgeClients(configured, []))).toEqual(['warning clients']);
  const [differs] = judgeClients(configured, [{ ...row, tokenTtl: null, maxSessions: 1 }]);
  expect(differs?.found).toContain('tokenTtl is null and not 3600, maxSessions is 1 and not 5');
});

const at = (version: string, folder = '/app') => ({ version, folder });

test('versions are judged, and packages that are there twice', () => {
  const pack = (name: string, ofApp: string | null, ofDurin = ofApp) => ({
    name,
    ofApp: ofApp === null ? null : at(ofApp),
    ofDurin: ofDurin === null ? null : at(ofDurin),
  });
  const good = [
    pack('@trpc/server', '11.25.2'),
    pack('@mikro-orm/core', '7.2.1'),
    pack('@mikro-orm/sql', '7.2.1'),
    pack('zod', '4.6.7'),
  ];
  expect(levels(judgeVersions('24.1.0', good))).toEqual(['ok']);
  expect(levels(judgeVersions('22.16.0', []))).toEqual(['problem node']);
  expect(levels(judgeVersions('24.1.0', [pack('@trpc/server', '11.9.0')]))).toEqual(['problem versions']);
  const twice = { name: 'zod', ofApp: at('4.1.0', '/app'), ofDurin: at('4.6.7', '/app/node_modules/trpc-durin') };
  expect(levels(judgeVersions('24.1.0', [twice]))).toEqual(['problem versions']);
  expect(levels(judgeVersions('24.1.0', [pack('@mikro-orm/core', '7.2.1'), pack('@mikro-orm/sql', '7.2.0')]))).toEqual([
    'warning versions',
  ]);
  expect(levels(judgeVersions('24.1.0', [pack('zod', null)]))).toEqual(['ok']);
});
