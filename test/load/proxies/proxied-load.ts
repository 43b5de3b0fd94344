import { setTimeout as wait } from 'node:timers/promises';
import { TRPCClientError } from '@trpc/client';
import type { Server } from '../../e2e/programs/cluster.ts';

const any = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T;

/** What the users of several processes saw. */
export class ProxiedLedger {
  logins = 0;
  calls = 0;
  ends = 0;
  /** How many calls could not be answered. */
  unavailable = 0;
  /** A valid session was refused with this code. */
  readonly refusedWrongly: string[] = [];
  /** How long after its end a process last accepted a session, in milliseconds, where it did. */
  readonly acceptedLate: number[] = [];
  /** When each process has answered from the database, on the clock of this process. */
  readonly answeredAt: number[][];

  constructor(processes: number) {
    this.answeredAt = Array.from({ length: processes }, () => []);
  }

  describe(): string {
    const latest = Math.max(0, ...this.acceptedLate).toFixed(0);
    return (
      `${this.logins} logins, ${this.calls} calls, ${this.ends} ends, ${this.unavailable} answers of unavailability; ` +
      `valid and refused: ${this.refusedWrongly.length}; accepted after the end: ${this.acceptedLate.length}, the last ${latest} ms after it`
    );
  }
}

/** The code of a refusal of durin's. Anything else is thrown. */
function codeOf(error: unknown): string {
  const code = error instanceof TRPCClientError ? error.data?.durin?.code : undefined;
  if (typeof code !== 'string') throw error;
  return code;
}

/**
 * One user: signs in, calls each process, is signed out, and sees whether that holds; until it is late. An answer that
 * the database is not available counts as no answer, and is asked for again.
 */
export async function liveBehindProxy(
  servers: readonly Server[],
  username: string,
  ledger: ProxiedLedger,
  until: { readonly at: number },
) {
  async function insist<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (codeOf(error) !== 'STORE_UNAVAILABLE') throw error;
        ledger.unavailable += 1;
        await wait(20);
      }
    }
  }

  /** `null`: accepted. */
  async function answerOf(server: Server, token: string): Promise<string | null> {
    ledger.calls += 1;
    const answer = await server.ask(token);
    if (answer === 'STORE_UNAVAILABLE') ledger.unavailable += 1;
    return answer;
  }

  async function expectRefused(server: Server, token: string, endedAt: number): Promise<void> {
    let late = 0;
    for (let refusals = 0; refusals < 3; ) {
      const beganAt = performance.now();
      const answer = await answerOf(server, token);
      if (answer === null) late = beganAt - endedAt;
      else if (answer === 'STORE_UNAVAILABLE') await wait(20);
      else refusals += 1;
    }
    if (late > 0) ledger.acceptedLate.push(late);
  }

  while (performance.now() < until.at) {
    const at = servers.indexOf(any(servers));
    const { client } = servers[at] as Server;
    const { token } = await insist(() => client.auth.login.mutate({ username, password: '', client: 'web' }));
    ledger.logins += 1;
    ledger.answeredAt[at]?.push(performance.now());
    for (const server of [...servers, ...servers]) {
      const answer = await answerOf(server, token);
      if (answer !== null && answer !== 'STORE_UNAVAILABLE') ledger.refusedWrongly.push(answer);
    }
    const ender = any(servers).client;
    await insist(() => ender.auth.logout.mutate(undefined, { context: { token } })).catch((error: unknown) => {
      if (codeOf(error) !== 'INVALID_TOKEN') throw error; // an earlier attempt has done it
    });
    const endedAt = performance.now();
    ledger.ends += 1;
    await Promise.all(servers.map((server) => expectRefused(server, token, endedAt)));
  }
}
