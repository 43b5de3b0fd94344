import type { z } from 'zod';
import type { DurinContext } from '../request/durin-request.ts';
import type { LoginSchema } from '../router/login-schema.ts';
import type { Auth } from '../session.ts';
import type { Transport } from './cookie-options.ts';

export type MaybePromise<T> = T | Promise<T>;

/** The token in an answer: `null` if the browser has it in the session cookie. */
export type TokenOf<TTransport extends Transport> = 'cookie' extends TTransport ? string | null : string;

export interface LoginResponseArgs<TUserEntity, TUser, TClient, TScope extends string, TTransport extends Transport> {
  user: TUserEntity;
  auth: Auth<TUser, TClient, TScope>;
  token: TokenOf<TTransport>;
  ctx: DurinContext;
}

export type ResolveClient<TLoginInput extends LoginSchema> = (args: {
  input: z.output<TLoginInput>;
  ctx: DurinContext;
}) => MaybePromise<string | null | undefined>;
