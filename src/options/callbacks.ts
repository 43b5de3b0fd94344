import type { z } from 'zod';
import type { DurinContext } from '../request/durin-request.ts';
import type { LoginSchema } from '../router/login-schema.ts';
import type { Auth } from '../session.ts';

export type MaybePromise<T> = T | Promise<T>;

export interface LoginResponseArgs<TUserEntity, TUser, TClient, TScope extends string> {
  user: TUserEntity;
  auth: Auth<TUser, TClient, TScope>;
  token: string;
  ctx: DurinContext;
}

export type ResolveClient<TLoginInput extends LoginSchema> = (args: {
  input: z.output<TLoginInput>;
  ctx: DurinContext;
}) => MaybePromise<string | null | undefined>;
