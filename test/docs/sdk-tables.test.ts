import type { AnyTRPCRouter } from '@trpc/server';
import { expect, test } from 'vitest';
import type { DurinAuth, DurinLinkOptions } from '../../client/index.ts';
import { namesOf } from './names-of.ts';
import { tableBelow } from './pages.ts';

test('the table of options names every option', () => {
  const [, ...own] = tableBelow('docs/reference/sdk.md', 'Options').map(([name = '']) => name); // the first are those of tRPC
  expect(own.toSorted()).toEqual(
    namesOf<DurinLinkOptions<AnyTRPCRouter, never>>({
      path: true,
      client: true,
      transport: true,
      storage: true,
      storageKey: true,
      refresh: true,
      deviceName: true,
      onReauthenticate: true,
      onStorageError: true,
      authHeaderPrefix: true,
      initialSession: true,
    }),
  );
});

test('the table of the auth object names every member', () => {
  const cells = tableBelow('docs/reference/sdk.md', 'The `auth` object').map(([members = '']) => members);
  const named = cells.flatMap((members) => members.split(', ').map((member) => /\w+/.exec(member)?.[0]));
  expect(named.toSorted()).toEqual(
    namesOf<DurinAuth<AnyTRPCRouter, never>>({
      login: true,
      reauthenticate: true,
      adopt: true,
      sync: true,
      logout: true,
      logoutAll: true,
      refresh: true,
      getSnapshot: true,
      getServerSnapshot: true,
      subscribe: true,
      ready: true,
      connect: true,
      close: true,
    }),
  );
});
