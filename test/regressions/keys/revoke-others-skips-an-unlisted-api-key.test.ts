import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions, t } from '../../support/app.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

test.each([
  [true, undefined, ['cli'], ['api', 'web']],
  [true, { exceptApiAccess: false }, ['cli'], ['api', 'web']],
  [false, undefined, ['api', 'cli'], ['web']],
  [false, { exceptApiAccess: true }, ['cli'], ['api', 'web']],
])('revokeOthers with excludeFromSessions %s and input %j', async (excludeFromSessions, input, ended, left) => {
  const apiAccess = { clientName: 'api', excludeFromSessions } as const;
  const durin = createDurin({ ...requiredOptions(app.orm), clients, apiAccess });
  const issue = (client: keyof typeof clients) => durin.tokens.issue({ user: 1, client });
  const issued = { web: await issue('web'), cli: await issue('cli'), api: await issue('api') };
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf(issued.web)));

  const listed = (await auth.sessions.list()).map(({ client }) => client);
  expect(listed).toEqual(expect.arrayContaining(ended)); // only listed sessions end
  expect(await auth.sessions.revokeOthers(input)).toEqual({ revoked: ended.length });
  const works = await Promise.allSettled(Object.values(issued).map(({ token }) => durin.authenticate(token)));
  const names = works.flatMap((work) => (work.status === 'fulfilled' ? [work.value.client.name] : []));
  expect(names.toSorted()).toEqual(left);
});
