import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandsOf, docsSamples, promisedOutput } from '../../docs/pages.ts';
import { startProgram } from '../programs/program.ts';
import { writeDocsApp } from './docs-app.ts';

const env = { DURIN_SECRET: 'a secret of the documents, long enough for it' };

let app: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder: app, remove } = await writeDocsApp());
});
afterAll(() => remove());

function outputOf(file: string): string {
  const sample = docsSamples.find((candidate) => candidate.file === file);
  if (sample === undefined) throw new Error(`No page has a sample ${file}`);
  return promisedOutput(sample);
}

/** Runs the samples on API keys as one app: alice uses keys, a program calls the server, and a key is about to expire. */
const program = `import './keys-in-use.ts';
import './expiry-mails.ts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { AuthToken, User } from './entities.ts';
import { durin, orm } from './keys.ts';
import { keysRouter } from './keys-router.ts';

const em = orm.em.fork();
const alice = await em.findOneOrFail(User, { username: 'alice' });
const { token, auth } = await durin.tokens.issue({ user: alice, client: 'api', name: 'report', scopes: ['reports:read'] });
const server = createHTTPServer({ router: keysRouter, createContext: durin.createContext, responseMeta: durin.responseMeta });
const url = await new Promise((resolve) => {
  const listening = server.listen(0, '127.0.0.1', () => resolve('http://127.0.0.1:' + listening.address().port));
});
Object.assign(process.env, { API_URL: url, API_KEY: token });
await import('./export-reports.ts');
const curl = process.env.CURL.replace('http://localhost:3000', url);
console.log((await promisify(execFile)('sh', ['-c', curl], { env: process.env })).stdout);
server.close();

const inDays = (days) => new Date(Date.now() + days * 86_400_000);
await em.nativeUpdate(AuthToken, { id: auth.id }, { created: inDays(-30), expiry: inDays(6.5) });
const print = console.log;
const isSent = new Promise((resolve) => {
  console.log = (mail) => resolve(print(mail));
});
await durin.tokens.purgeExpired();
await isSent;
await durin.close();
await orm.close();
`;

test('the samples on API keys print what their comments say', async () => {
  await writeFile(join(app, 'run-keys.ts'), program);
  const curl = commandsOf('docs/guides/api-keys.md', 'call-with-key');
  const [, answer = ''] = /# (.*)\n/.exec(curl) ?? [];
  const { code, output } = await startProgram(
    ['run-keys.ts'],
    { ...env, CURL: curl, PATH: process.env['PATH'] ?? '' },
    app,
  ).ended;
  const mail = 'To alice: Your API key "report" expires in less than 7 days. Roll it in your settings.\n';
  expect(output).toBe(`${outputOf('keys-in-use.ts')}${outputOf('export-reports.ts')}${answer}\n${mail}`);
  expect(code).toBe(0);
});

test('the sample test of what keys reach passes', async () => {
  const { code, output } = await startProgram(['--test', 'keys-policy.test.ts'], env, app).ended;
  expect(output).toContain('pass 1');
  expect(code).toBe(0);
});
