import type { z } from 'zod';
import type { LoginSchema } from './login-schema.ts';

/**
 * The input of `login`: the app's `loginInput`, the client's name unless the app has `resolveClient`, and the name that
 * `sessions.list` shows, at most 64 characters.
 */
export type LoginInput<
  TLoginInput extends LoginSchema,
  TClientName extends string,
  TResolveClient,
> = z.input<TLoginInput> &
  (unknown extends TResolveClient ? { client: TClientName } : object) & { deviceName?: string | undefined };

/** The output of `login`, with the fields of `loginResponse`. */
export type LoginOutput<TSerializedUser, TExpiry, TExtra> = Beside<
  { token: string; expiry: TExpiry } & (unknown extends TSerializedUser ? object : { user: TSerializedUser }),
  TExtra
>;

/** Durin's fields and the app's, which cannot replace durin's own. */
export type Beside<TOwn, TExtra> = TExtra extends unknown ? Flatten<TOwn & Omit<TExtra, keyof TOwn>> : never;

type Flatten<T> = { [K in keyof T]: T[K] } & {};
