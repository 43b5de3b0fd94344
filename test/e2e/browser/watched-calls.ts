import type { Page, Request, Response } from 'playwright-core';
import type { Quickstart } from '../../support/browser/quickstart-server.ts';
import { planOf, readsOf } from '../../support/plans.ts';
import { type Statement, tapStatements } from '../../support/statement-tap.ts';

/** Milliseconds until what is asked for is there: a multiple of what it takes, for slow machines that do other work too. */
const withoutDelay = 4000;
/** Bytes of an answer: a hundred tokens with all that is told of them. */
const largestAnswer = 64_000;
/** The session, a client's id or the users that are searched for, the two stretches of a sorted list, and one to spare. */
const statementsOfACall = 5;

/** What an admin's page asks its server, what that asks its database, and how long a person waits. */
export async function watchCalls(quickstart: Quickstart, page: Page) {
  const statements = await tapStatements(quickstart.orm);
  const waits: { name: string; ms: number }[] = [];
  const calls: string[] = [];
  let answers: Promise<{ name: string; ms: number; bytes: number }>[] = [];
  page.context().on('request', (request) => calls.push(...(nameOf(request)?.split(',') ?? [])));
  page.context().on('response', (response) => {
    const name = nameOf(response.request());
    if (name !== undefined) answers.push(measured(name, response));
  });

  /** The statements that would read all tokens from one end to the other, but for those that count. */
  async function fullScans(selects: readonly Statement[]): Promise<string[]> {
    const scans: string[] = [];
    for (const select of selects.filter(({ text }) => !text.includes('group by'))) {
      const reads = readsOf('durin_auth_token', await planOf(quickstart.orm, select));
      if (reads.some((read) => read.startsWith('Seq Scan'))) scans.push(select.text);
    }
    return scans;
  }

  return {
    waits,

    /** Does something, waits until it is seen, and notes the time that it took. */
    async measure(name: string, act: () => Promise<unknown>, seen: () => Promise<unknown>): Promise<void> {
      const startedAt = performance.now();
      await act();
      await seen();
      waits.push({ name, ms: Math.round(performance.now() - startedAt) });
    },

    startAnew(): void {
      for (const list of [statements, calls, waits]) list.length = 0;
      answers = [];
    },

    /** What since then took long, was answered with more than a page, read all tokens, or sent many statements. */
    async faults(): Promise<string[]> {
      const answered = await Promise.all(answers);
      const selects = statements.filter(({ text }) => text.startsWith('select'));
      const most = (calls.length + 1) * statementsOfACall; // a call may have been under way
      return [
        ...[...waits, ...answered].filter(({ ms }) => ms > withoutDelay).map(({ name, ms }) => `${name}: ${ms} ms`),
        ...answered.filter(({ bytes }) => bytes > largestAnswer).map(({ name, bytes }) => `${name}: ${bytes} bytes`),
        ...(calls.length > 0 && selects.length <= most ? [] : [`${calls.length} calls: ${selects.length} statements`]),
        ...(await fullScans(selects)),
      ];
    },
  };
}

/** The procedures of a request, by their paths. */
function nameOf(request: Request): string | undefined {
  return /\/admin\/api\/(.*)$/.exec(new URL(request.url()).pathname)?.[1];
}

async function measured(name: string, response: Response) {
  const { length } = await response.body();
  return { name, ms: Math.round(response.request().timing().responseEnd), bytes: length };
}
