import { expect, test } from 'vitest';
import { openApp, requestOf, t } from '../../support/app.ts';

// Without `info`, durin cannot know whether a context belongs to one request or to a socket that is open for hours.
test('a context that may outlive its request looks up every call', async () => {
  const { durin, close } = await openApp();
  const router = t.router({ me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  const caller = router.createCaller(durin.createContext(requestOf({ token })));
  expect(await Promise.all([caller.me(), caller.me()])).toEqual(['alice', 'alice']);
  await durin.tokens.revoke(auth.id);
  await expect(caller.me()).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
  await close();
});
