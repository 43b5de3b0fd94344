import { initTRPC } from '@trpc/server';
import { createDurin, type DurinContext, type ThrottleOptions } from '../../src/index.ts';
import { clients, type openApp, requiredOptions } from './app.ts';
import { codeOf, recordEvents } from './arena.ts';
import { User } from './entities.ts';

export type TestApp = Awaited<ReturnType<typeof openApp>>;

/** A durin with empty counters, for tests of login limits. The password 'right' is right for every user; nothing is hashed. */
export function openGuesses(app: TestApp, throttle: ThrottleOptions = {}) {
  const verified: string[] = [];
  const warnings: string[] = [];
  const durin = createDurin({
    ...requiredOptions(app.orm),
    clients,
    now: app.clock,
    throttle,
    onWarning: (message) => void warnings.push(message),
    async verifyCredentials({ input, em }) {
      verified.push(input.username);
      return input.password === 'right' ? em.findOne(User, { username: input.username }) : null;
    },
  });
  const t = initTRPC.context<DurinContext>().create();
  const router = t.router({
    auth: durin.durinRouter,
    search: durin.throttledProcedure({ scope: 'search', rate: '100/m' }).query(() => 'found'),
  });

  /** Calls as a request of a server that passes this. */
  function callOver(req: object | undefined) {
    return router.createCaller(durin.createContext({ req }));
  }
  const callFrom = (ipAddress: string) => callOver({ headers: {}, socket: { remoteAddress: ipAddress } });
  type Caller = ReturnType<typeof callOver>;
  async function attempt(caller: Caller, username: string, password: string, client: string = 'web') {
    const login = { username, password, client };
    return caller.auth.login(login as typeof login & { client: 'web' }).then(() => 'in' as const, codeOf);
  }

  return {
    durin,
    verified,
    warnings,
    events: recordEvents(durin.events),
    callOver,
    callFrom,
    attempt,
    guess: (username: string, ipAddress: string) => attempt(callFrom(ipAddress), username, 'wrong'),
    login: (username: string, ipAddress: string) => attempt(callFrom(ipAddress), username, 'right'),
  };
}

/** How often each outcome occurs. */
export function tally(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
