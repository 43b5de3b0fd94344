import { callTRPCProcedure } from '@trpc/server';
import type { ProcedurePolicy } from 'trpc-durin';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { demoUser } from '../../../examples/quickstart/database.ts';
import { requestOf } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { openQuickstart, type Quickstart } from '../../support/browser/quickstart-server.ts';

let quickstart: Quickstart;
let policies: ProcedurePolicy[];
beforeAll(async () => {
  quickstart = await openQuickstart();
  policies = await quickstart.auth.policyOf(quickstart.router);
});
afterAll(() => quickstart.close());

/** Every set of scopes that a key may have. */
const scopeSets = [[], ['reports:read'], ['reports:write'], ['reports:read', 'reports:write']] as const;

/** The inputs of procedures that a key reaches. The others refuse a key before they read their input. */
const inputs: Readonly<Record<string, unknown>> = {
  'auth.login': { username: demoUser.username, password: demoUser.password, client: 'web' },
  'reports.add': { title: 'x' },
};

/** Calls a procedure with a token. Returns `passes`, or the code of the refusal. */
async function call({ path, type }: ProcedurePolicy, token: string): Promise<string> {
  const { auth, router } = quickstart;
  const ctx = auth.createContext(requestOf({ token }));
  const getRawInput = async () => inputs[path];
  const signal = new AbortController().signal;
  const answer: Promise<unknown> = callTRPCProcedure({ router, path, type, ctx, getRawInput, signal, batchIndex: 0 });
  return answer.then(() => 'passes', codeOf);
}

const isLogout = ({ path }: ProcedurePolicy) => path === 'auth.logout';

/** Calls every procedure with a key that has these scopes. The call that ends the key comes last. */
async function callAll(scopes: (typeof scopeSets)[number]): Promise<Map<string, string>> {
  const { auth, userId } = quickstart;
  const { token } = await auth.tokens.issue({ user: userId, client: 'api', scopes });
  const answers = new Map<string, string>();
  for (const policy of policies.toSorted((one, other) => Number(isLogout(one)) - Number(isLogout(other)))) {
    answers.set(policy.path, await call(policy, token));
  }
  return answers;
}

/** The answer that a policy promises to a key. Of the auth router, a key reaches only `logout`, and has no `session`. */
function promisedTo(scopes: readonly string[], { path, guard, clients, keys, ...policy }: ProcedurePolicy): string {
  if (guard === 'open' || ['auth.logout', 'auth.session'].includes(path)) return 'passes';
  if (path.startsWith('auth.') || clients?.includes('api') === false) return 'CLIENT_NOT_ALLOWED';
  if (policy.scopes === null && policy.anyScope === null) return 'INSUFFICIENT_SCOPE';
  const hasAll = policy.scopes?.every((scope) => scopes.includes(scope)) ?? true;
  const hasOne = policy.anyScope?.every((list) => list.some((scope) => scopes.includes(scope))) ?? true;
  return keys && hasAll && hasOne ? 'passes' : 'INSUFFICIENT_SCOPE';
}

function toRow({ path, type, guard, keys, clients, scopes, anyScope, fresh, rate }: ProcedurePolicy): string[] {
  const lists = [
    clients?.join(' ') ?? 'all',
    scopes?.join(' ') ?? '-',
    anyScope?.map((list) => list.join(' ')).join(', ') ?? '-',
  ];
  return [path, type, guard, keys ? 'yes' : '-', ...lists, String(fresh ?? '-'), rate ?? '-'];
}

/** Aligns the columns. The last line feed makes it a text file. */
function toTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

test('who may call what is in policy.txt', async () => {
  const head = ['procedure', 'type', 'guard', 'keys', 'clients', 'scopes', 'any scope', 'fresh', 'rate'];
  await expect(toTable([head, ...policies.map(toRow)])).toMatchFileSnapshot('./policy.txt');
});

test('what a key may call with each set of scopes is in key-calls.txt', async () => {
  const answers = new Map<string, Map<string, string>>();
  for (const scopes of scopeSets) answers.set(scopes.join(' ') || 'no scope', await callAll(scopes));
  const head = ['procedure', ...answers.keys()];
  const rows = policies.map(({ path }) => [path, ...[...answers.values()].map((of) => of.get(path) ?? '')]);
  await expect(toTable([head, ...rows])).toMatchFileSnapshot('./key-calls.txt');
});

test.for(scopeSets)('a key with [%s] reaches what the policy says, and nothing else', async (...[scopes]) => {
  const answers = await callAll(scopes);
  const promised = new Map(policies.map((policy) => [policy.path, promisedTo(scopes, policy)]));
  expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(promised));
});
