import { Client } from 'pg';
import { expect, test } from 'vitest';
import { completeUrl } from '../../../src/database/notify/complete-url.ts';

const orm = { user: 'app', password: 'p&ss w+rd%', host: 'pooler', port: 6432, database: 'my app' };

/** Where `pg` connects. */
function connectionOf(url: string) {
  const { user, password, host, port, database } = new Client({ connectionString: completeUrl(url, orm) });
  return { user, password, host, port, database };
}

test.each([
  [
    'nothing',
    'postgresql://you:x%23y@direct:5433/other',
    { user: 'you', password: 'x#y', host: 'direct', port: 5433, database: 'other' },
  ],
  [
    'the user and the password',
    'postgresql://direct:5433/other',
    { ...orm, host: 'direct', port: 5433, database: 'other' },
  ],
  [
    'the password',
    'postgresql://you@direct:5433/other',
    { ...orm, user: 'you', host: 'direct', port: 5433, database: 'other' },
  ],
  ['the database', 'postgres://direct:5433', { ...orm, host: 'direct', port: 5433 }],
  ['the port of a host', 'postgres://direct/', { ...orm, host: 'direct', port: 5432 }],
  ['the host', 'postgresql:///other', { ...orm, database: 'other' }],
  [
    'what it has as parameters',
    'postgresql:///other?host=/run/pg&user=you',
    { ...orm, user: 'you', host: '/run/pg', port: 5432, database: 'other' },
  ],
])('a connection string that leaves out %s', (_what, url, expected) => {
  expect(connectionOf(url)).toEqual(expected);
});
