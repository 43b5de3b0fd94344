import { MikroORM } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readDatabaseFacts } from '../../../src/database/mistakes/database-facts.ts';
import { internalsOf } from '../../../src/durin/internals.ts';
import { createDurin } from '../../../src/index.ts';
import { secret } from '../../support/app.ts';
import { type AuditedApp, openAuditedApp } from '../../support/audit/audited-app.ts';
import { auditedEntities, auditedOptions } from '../../support/audit/audited-entities.ts';
import { postgresUrl } from '../../support/database.ts';
import { databaseUrl } from '../../support/servers/database-server.ts';

let app: AuditedApp;
let role: string;
beforeAll(async () => {
  app = await openAuditedApp();
  role = `recorder_${app.orm.config.get('dbName')}`;
  await app.run(`create role "${role}" login password 'recorder'`);
});
beforeEach(async () => {
  await app.run(`grant select, insert, update, delete on all tables in schema public to "${role}"`);
  await app.run(`grant usage on all sequences in schema public to "${role}"`);
});
afterAll(async () => {
  await app.run(`drop owned by "${role}"`);
  await app.run(`drop role "${role}"`);
  await app.close();
});

/** The facts that an app whose user is the role reads, and whether it can issue a token. */
async function factsOfRole() {
  const url = new URL(databaseUrl(postgresUrl ?? '', app.orm.config.get('dbName') ?? ''));
  const orm = await MikroORM.init({
    entities: auditedEntities,
    clientUrl: Object.assign(url, { username: role, password: 'recorder' }).href,
  });
  const durin = createDurin(auditedOptions(orm, secret));
  const internals = internalsOf(durin);
  if (internals === null) throw new Error('This is no durin');
  const user = await app.addUser();
  try {
    const canIssue = await durin.tokens.issue({ user: user.id, client: 'web' }).then(
      () => true,
      () => false,
    );
    const { lacking, missing } = await readDatabaseFacts(orm, internals.database, internals.schema);
    return { lacking, missing, canIssue };
  } finally {
    await durin.close();
    await orm.close(true);
  }
}

test('a user with the rights of the guide lacks nothing', async () => {
  await app.run(`revoke update, delete on durin_audit from "${role}"`);
  expect(await factsOfRole()).toEqual({ lacking: [], missing: [], canIssue: true });
});

test.for([
  ['insert on durin_audit', false],
  ['select on durin_audit', true],
  ['usage on sequence durin_audit_id_seq', false],
  ['usage on sequence durin_client_id_seq', true],
  ['select on durin_usage', true],
  ['insert on durin_usage', true],
  ['update on durin_usage', true],
  ['delete on durin_usage', true],
] as const)('%s is asked for', async ([right, canIssue]) => {
  await app.run(`revoke ${right} from "${role}"`);
  expect(await factsOfRole()).toEqual({ lacking: [right], missing: [], canIssue });
});

test.for(['durin_audit', 'durin_usage'])('the table %s is missed', async (table) => {
  await app.run(`alter table ${table} rename to elsewhere`);
  try {
    const [first] = (await factsOfRole()).missing ?? [];
    expect(first).toMatch(new RegExp(`^create table "${table}"`));
  } finally {
    await app.run(`alter table elsewhere rename to ${table}`);
  }
});
