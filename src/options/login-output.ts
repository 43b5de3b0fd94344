import type { LoginTypes } from '../router/durin-router.ts';
import type { AppTypes } from '../trpc/builders.ts';
import type { RouteAuth } from '../trpc/routes/guard-source.ts';
import type { TokenOf } from './callbacks.ts';
import type { Transport } from './cookie-options.ts';

/** The output of `login`, with the fields of `loginResponse`. */
export type LoginOutput<TSerializedUser, TExpiry, TExtra, TTransport extends Transport> = Beside<
  { token: TokenOf<TTransport> } & ('cookie' extends TTransport
    ? SessionOutput<TSerializedUser, TExpiry>
    : Omit<SessionOutput<TSerializedUser, TExpiry>, 'id'>),
  TExtra
>;

/** What `session` returns. `login` returns it too, without the id if no client has `transport: 'cookie'`. */
export type SessionOutput<TSerializedUser, TExpiry> = Flatten<
  { id: string; expiry: TExpiry } & (unknown extends TSerializedUser ? object : { user: TSerializedUser })
>;

/** What `durin.signIn` returns: the output of `login`, and the session. */
export type SignInAnswer<TApp extends AppTypes, TLogin extends LoginTypes> = Beside<
  { auth: RouteAuth<TApp> },
  TLogin['loginOutput']
>;

/** Durin's fields and the app's, which cannot replace durin's own. */
type Beside<TOwn, TExtra> = TExtra extends unknown ? Flatten<TOwn & Omit<TExtra, keyof TOwn>> : never;

type Flatten<T> = { [K in keyof T]: T[K] } & {};
