import type { inferProcedureInput, inferProcedureOutput } from '@trpc/server';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { z as z3 } from 'zod/v3';
import { createDurin } from '../../../src/index.ts';
import type { durin, namelessDurin } from './app.ts';
import { type AnyName, clients, required, type User } from './app.ts';
import { same } from './same.ts';

// As it is: a user name, a password, one of the clients; a token and a Date.
type Input = inferProcedureInput<typeof durin.durinRouter.login>;
type Output = inferProcedureOutput<typeof durin.durinRouter.login>;
same<Input, { username: string; password: string; client: 'web' | 'cli'; deviceName?: string | undefined }>();
same<Output, { token: string; expiry: Date | null }>();
same<inferProcedureOutput<typeof durin.durinRouter.refresh>, { expiry: Date | null; token?: string }>();
same<inferProcedureInput<typeof namelessDurin.durinRouter.login>['client'], string>();
export const input: Input = { username: 'alice', password: 'secret', client: 'web' };
// @ts-expect-error: no client has that name
export const unknownClient: Input = { username: 'alice', password: 'secret', client: 'desktop' };
// @ts-expect-error: the client is required
export const noClient: Input = { username: 'alice', password: 'secret' };
// @ts-expect-error: without serializeUser there is no user
export type NoUser = Output['user'];

// `serializeUser` gives `user`.
const serializing = createDurin({
  ...required,
  clients,
  serializeUser: async (user) => ({ name: user.username, since: user.birthday ?? null }),
});
type Serialized = inferProcedureOutput<typeof serializing.durinRouter.login>;
same<Serialized['user'], { name: string; since: Date | null }>();
// @ts-expect-error: it is given the entity, which has no such column
createDurin({ ...required, serializeUser: (user) => user.email });

// `formatExpiry` gives the expiry of login and of refresh.
const formatting = createDurin({ ...required, formatExpiry: (expiry) => expiry?.getTime() ?? 0 });
same<inferProcedureOutput<typeof formatting.durinRouter.login>, { token: string; expiry: number }>();
same<inferProcedureOutput<typeof formatting.durinRouter.refresh>, { expiry: number; token?: string }>();

// `loginResponse` adds fields.
const adding = createDurin({
  ...required,
  clients,
  loginResponse: ({ user, auth, token, ctx }) => {
    same<typeof user, User>();
    same<typeof auth.client.name, AnyName>();
    same<typeof token, string>();
    same<typeof ctx.durin.ipAddress, string | null>();
    return { motd: 'welcome', isNew: false };
  },
});
type Added = inferProcedureOutput<typeof adding.durinRouter.login>;
same<Added, { token: string; expiry: Date | null; motd: string; isNew: boolean }>();

// … and changes none that is there.
const changing = createDurin({ ...required, loginResponse: () => ({ token: 5, expiry: 'never', motd: 'welcome' }) });
same<inferProcedureOutput<typeof changing.durinRouter.login>, { token: string; expiry: Date | null; motd: string }>();

// `loginInput` is what login takes, and what verifyCredentials and resolveClient are given.
const emailing = createDurin({
  ...required,
  clients,
  loginInput: z.object({ email: z.email(), code: z.string().transform(Number) }),
  verifyCredentials: ({ input: given }) => {
    same<typeof given, { email: string; code: number }>();
    return null;
  },
});
type Emailing = inferProcedureInput<typeof emailing.durinRouter.login>;
same<Emailing, { email: string; code: string; client: 'web' | 'cli'; deviceName?: string | undefined }>();
// @ts-expect-error: login takes an object
createDurin({ ...required, loginInput: z.string() });
// @ts-expect-error: login takes an object, always
createDurin({ ...required, loginInput: z.object({ username: z.string() }).optional() });
// @ts-expect-error: a schema of zod 3
createDurin({ ...required, loginInput: z3.object({ username: z3.string() }) });

// It may be any kind of object.
const either = createDurin({
  ...required,
  clients,
  loginInput: z.discriminatedUnion('by', [
    z.object({ by: z.literal('name'), username: z.string(), password: z.string() }),
    z.object({ by: z.literal('code'), email: z.email(), code: z.string().transform(Number) }),
  ]),
  verifyCredentials: ({ input: given }) => {
    if (given.by === 'code') same<typeof given.code, number>();
    else same<typeof given.password, string>();
    return null;
  },
});
type Either = inferProcedureInput<typeof either.durinRouter.login>;
same<
  Extract<Either, { by: 'code' }>,
  { by: 'code'; email: string; code: string; client: 'web' | 'cli'; deviceName?: string | undefined }
>();
// @ts-expect-error: a mixture of both
export const mixed: Either = { by: 'code', username: 'alice', password: 'secret', client: 'web' };
const transformed = createDurin({
  ...required,
  clients,
  loginInput: mini.pipe(
    mini.object({ username: mini.string() }),
    mini.transform(({ username }) => ({ name: username, length: username.length })),
  ),
  verifyCredentials: ({ input: given }) => {
    same<typeof given, { name: string; length: number }>();
    return null;
  },
});
same<
  inferProcedureInput<typeof transformed.durinRouter.login>,
  { username: string; client: 'web' | 'cli'; deviceName?: string | undefined }
>();
createDurin({
  ...required,
  // @ts-expect-error: the default input has no email
  verifyCredentials: ({ input: given }) => given.email,
});

// With `resolveClient`, `client` leaves the input.
const resolving = createDurin({
  ...required,
  clients,
  resolveClient: ({ input: given, ctx }) => {
    same<typeof given, { username: string; password: string }>();
    return ctx.durin.userAgent === null ? 'cli' : 'web';
  },
});
same<
  inferProcedureInput<typeof resolving.durinRouter.login>,
  { username: string; password: string; deviceName?: string | undefined }
>();
// @ts-expect-error: it gives a name, or nothing
createDurin({ ...required, resolveClient: () => 1 });

// `signIn` returns what `login` returns, and the session.
declare const user: User;
const signedIn = await adding.signIn({ user, client: 'web', ctx: adding.createContext() });
same<Omit<typeof signedIn, 'auth'>, inferProcedureOutput<typeof adding.durinRouter.login>>();
same<typeof signedIn.auth.client.name, AnyName>();
// @ts-expect-error: it takes the entity, not its key
void adding.signIn({ user: 1, client: 'web', ctx: adding.createContext() });
// @ts-expect-error: no client has that name
void adding.signIn({ user, client: 'desktop', ctx: adding.createContext() });
// @ts-expect-error: the context is required
void adding.signIn({ user, client: 'web' });

// A client with a session cookie: the token may be `null`, because the browser has it.
const inCookies = createDurin({
  ...required,
  clients: { web: { transport: 'cookie' }, cli: { tokenTtl: null }, old: { transport: 'header' } },
  serializeUser: ({ username }) => username,
  loginResponse: ({ token }) => {
    same<typeof token, string | null>();
    return { motd: 'welcome' };
  },
});
type InCookies = inferProcedureOutput<typeof inCookies.durinRouter.login>;
same<InCookies, { token: string | null; id: string; expiry: Date | null; user: string; motd: string }>();
same<inferProcedureInput<typeof inCookies.durinRouter.login>['client'], 'web' | 'cli' | 'old'>();
same<Awaited<ReturnType<typeof inCookies.signIn>>['token'], string | null>();
const inHeaders = createDurin({ ...required, clients: { web: { transport: 'header' } } });
same<inferProcedureOutput<typeof inHeaders.durinRouter.login>['token'], string>();
// @ts-expect-error: no transport has that name
createDurin({ ...required, clients: { web: { transport: 'url' } } });

// `session` returns what login returned, but for the token and the app's own fields.
same<
  inferProcedureOutput<typeof inCookies.durinRouter.session>,
  { id: string; expiry: Date | null; user: string } | null
>();
same<inferProcedureOutput<typeof durin.durinRouter.session>, { id: string; expiry: Date | null } | null>();
