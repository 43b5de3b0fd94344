import { safe } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { createDurinClient, createDurinLink, memoryStorage } from '../../../client/index.ts';
import { useDurinSession } from '../../../client/react.ts';
import type { DurinContext, DurinErrorData } from '../../../src/index.ts';
import { createDurin } from '../../../src/index.ts';
import { clients, durin, required } from './app.ts';
import { same } from './same.ts';

type Flat<T> = { [K in keyof T]: T[K] };

const t = initTRPC.context<DurinContext>().create({ transformer: superjson });
const plain = initTRPC.context<DurinContext>().create();

const serializing = createDurin({ ...required, clients, serializeUser: (user) => ({ name: user.username }) });
const router = t.router({
  auth: serializing.durinRouter,
  me: serializing.authedProcedure.query(({ ctx }) => ctx.user.username),
  other: t.router({ me: serializing.authedProcedure.query(() => 1) }),
});
type AppRouter = typeof router;

const { trpc, auth } = createDurinClient<AppRouter>({
  url: 'http://localhost',
  transformer: superjson,
  path: 'auth',
  client: 'web',
  storage: memoryStorage(),
});

// `trpc` is a typed client of the app.
same<Awaited<ReturnType<typeof trpc.me.query>>, string>();

// `auth.login` takes the app's input without `client`, and resolves to the server's output, with its errors.
same<Flat<Parameters<typeof auth.login>[0]>, { username: string; password: string; deviceName?: string | undefined }>();
const [session, error] = await safe(auth.login({ username: 'alice', password: 'secret' }));
if (error === undefined) same<typeof session, { token: string; expiry: Date | null; user: { name: string } }>();
else if (error.data) same<typeof error.data.durin, DurinErrorData | undefined>();
// @ts-expect-error: the client is filled in
await auth.login({ username: 'alice', password: 'secret', client: 'web' });
// @ts-expect-error: the password is required
await auth.login({ username: 'alice' });
same<Awaited<ReturnType<typeof auth.refresh>>, { expiry: Date | null; token?: string }>();
same<Parameters<typeof auth.adopt>, [answer: { token: string; expiry: Date | null } & { user: { name: string } }]>();
await auth.adopt(await trpc.auth.login.mutate({ username: 'alice', password: 'secret', client: 'web' }));
// @ts-expect-error: the answer needs the user, as that of a login has it
await auth.adopt({ token: 'token', expiry: null });
same<Awaited<ReturnType<typeof auth.logout>>, void>();
await auth.logoutAll({ exceptApiAccess: true });
await auth.logoutAll();
// @ts-expect-error: there is no such scope
await auth.logoutAll({ everyone: true });

// The snapshot holds the user and the expiry.
const snapshot = auth.getSnapshot();
if (snapshot.status === 'signed-in') {
  same<typeof snapshot.user, { name: string }>();
  same<typeof snapshot.expiry, Date | null>();
} else same<typeof snapshot.reason, 'logged-out' | 'expired' | 'revoked' | undefined>();
// @ts-expect-error: the status must be checked first
export const tooEarly = snapshot.user;
same<ReturnType<typeof useDurinSession<typeof snapshot>>, typeof snapshot>();
export const rendered = () => useDurinSession(auth) satisfies typeof snapshot;

const options = { url: 'http://localhost', transformer: superjson } as const;
// @ts-expect-error: there is no durin router
createDurinClient<AppRouter>({ ...options, path: 'me', client: 'web' });
// @ts-expect-error: there is no router
createDurinClient<AppRouter>({ ...options, path: 'login', client: 'web' });
// @ts-expect-error: a router, but not durin's
createDurinLink<AppRouter>({ path: 'other', client: 'web' });
// @ts-expect-error: no client has that name
createDurinClient<AppRouter>({ ...options, path: 'auth', client: 'desktop' });
createDurinLink<AppRouter>({ path: 'auth', client: 'web', deviceName: 'Laptop' });
// @ts-expect-error: the name is a text
createDurinLink<AppRouter>({ path: 'auth', client: 'web', deviceName: 7 });
// @ts-expect-error: the client is required
createDurinClient<AppRouter>({ ...options, path: 'auth' });
// @ts-expect-error: the app has a transformer
createDurinClient<AppRouter>({ url: 'http://localhost', path: 'auth', client: 'web' });

// Without a transformer a Date arrives as a string; without serializeUser there is no user.
const plainRouter = plain.router({ api: plain.router({ auth: durin.durinRouter }) });
const texts = createDurinClient<typeof plainRouter>({ url: 'http://localhost', path: 'api.auth', client: 'cli' });
const textSnapshot = texts.auth.getSnapshot();
if (textSnapshot.status === 'signed-in') {
  same<typeof textSnapshot.expiry, string | null>();
  // @ts-expect-error: there is no user
  void textSnapshot.user;
}

// With the app's own input, expiry and client.
const own = createDurin({
  ...required,
  clients,
  loginInput: z.object({ email: z.email(), code: z.string().transform(Number), remember: z.boolean().optional() }),
  formatExpiry: (expiry) => expiry?.getTime() ?? 0,
  resolveClient: () => 'web',
  loginResponse: () => ({ motd: 'welcome' }),
});
const ownRouter = t.router({ auth: own.durinRouter, admins: durin.durinRouter });
const ownLink = createDurinLink<typeof ownRouter, 'auth'>({ path: 'auth' });
same<
  Flat<Parameters<typeof ownLink.auth.login>[0]>,
  { email: string; code: string; remember?: boolean | undefined; deviceName?: string | undefined }
>();
same<Awaited<ReturnType<typeof ownLink.auth.login>>, { token: string; expiry: number; motd: string }>();
const ownSnapshot = ownLink.auth.getSnapshot();
if (ownSnapshot.status === 'signed-in') same<typeof ownSnapshot.expiry, number>();
// @ts-expect-error: the server resolves the client
createDurinLink<typeof ownRouter, 'auth'>({ path: 'auth', client: 'web' });
createDurinLink<typeof ownRouter, 'admins'>({ path: 'admins', client: 'cli' });

// With a union the SDK takes each alternative, without `client`.
const either = createDurin({
  ...required,
  clients,
  loginInput: z.union([
    z.object({ username: z.string(), password: z.string() }),
    z.object({ email: z.email(), code: z.string() }),
  ]),
});
const eitherRouter = t.router({ auth: either.durinRouter });
const eitherLink = createDurinLink<typeof eitherRouter>({ path: 'auth', client: 'cli' });
same<
  Flat<Parameters<typeof eitherLink.auth.login>[0]>,
  | { username: string; password: string; deviceName?: string | undefined }
  | { email: string; code: string; deviceName?: string | undefined }
>();
// @ts-expect-error: the client is one of the app's
createDurinLink<typeof eitherRouter>({ path: 'auth', client: 'desktop' });
