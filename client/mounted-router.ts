/**
 * The types of the durin router inside the app's router. It is recognized by its shape, so that the SDK imports no server
 * code.
 */
import type { TRPCClient } from '@trpc/client';
import type {
  AnyTRPCMutationProcedure,
  AnyTRPCProcedure,
  AnyTRPCQueryProcedure,
  AnyTRPCRouter,
  inferProcedureInput,
  TRPCRouterRecord,
} from '@trpc/server';

/** The procedures by which a durin router is recognized. */
interface DurinRecordShape {
  readonly login: AnyTRPCMutationProcedure;
  readonly refresh: AnyTRPCMutationProcedure;
  readonly logout: AnyTRPCMutationProcedure;
  readonly logoutAll: AnyTRPCMutationProcedure;
  readonly sessions: { readonly list: AnyTRPCQueryProcedure; readonly revokeOthers: AnyTRPCMutationProcedure };
  readonly apiAccess: { readonly create: AnyTRPCMutationProcedure };
}

/** The paths at which durin routers are mounted: `auth`, or `api.auth` inside another router. */
export type DurinPath<TRouter extends AnyTRPCRouter> = PathIn<TRouter['_def']['record']>;

type PathIn<TRecord> = {
  [K in keyof TRecord & string]: TRecord[K] extends DurinRecordShape
    ? K
    : TRecord[K] extends AnyTRPCProcedure
      ? never
      : TRecord[K] extends TRPCRouterRecord
        ? `${K}.${PathIn<TRecord[K]>}`
        : never;
}[keyof TRecord & string];

type At<T, TPath extends string> = TPath extends `${infer K}.${infer TRest}`
  ? K extends keyof T
    ? At<T[K], TRest>
    : never
  : TPath extends keyof T
    ? T[TPath]
    : never;

type LoginProcedure<TRouter extends AnyTRPCRouter, TPath extends string> = Extract<
  At<TRouter['_def']['record'], `${TPath}.login`>,
  AnyTRPCMutationProcedure
>;

type FullLoginInput<TRouter extends AnyTRPCRouter, TPath extends string> = inferProcedureInput<
  LoginProcedure<TRouter, TPath>
>;

/** The option `client`: one of the app's clients. Absent if the server resolves the client (`resolveClient`). */
export type ClientOption<TRouter extends AnyTRPCRouter, TPath extends string> =
  FullLoginInput<TRouter, TPath> extends { client: infer TClient } ? { client: TClient } : { client?: undefined };

/** The input of `auth.login`: the app's `loginInput` without `client`, which the SDK fills in. */
export type LoginInput<TRouter extends AnyTRPCRouter, TPath extends string> = WithoutClient<
  FullLoginInput<TRouter, TPath>
>;

/** The input of `reauthenticate`: the app's `loginInput`. */
export type ReauthenticateInput<
  TRouter extends AnyTRPCRouter,
  TPath extends string = DurinPath<TRouter>,
> = inferProcedureInput<Extract<At<TRouter['_def']['record'], `${TPath}.reauthenticate`>, AnyTRPCMutationProcedure>>;

type WithoutClient<T> = T extends unknown ? { [K in keyof T as K extends 'client' ? never : K]: T[K] } : never;

/** A mutation of the durin router as the tRPC client has it, with its output and its errors for `safe()`. */
export type Mutate<TRouter extends AnyTRPCRouter, TPath extends string, TName extends string> =
  At<TRPCClient<TRouter>, `${TPath}.${TName}`> extends { mutate: infer TMutate extends AnyCall } ? TMutate : never;

type AnyCall = (...args: never) => unknown;

type LoginOutput<TRouter extends AnyTRPCRouter, TPath extends string> = Awaited<
  ReturnType<Mutate<TRouter, TPath, 'login'>>
>;

export type ExpiryOf<TRouter extends AnyTRPCRouter, TPath extends string> =
  LoginOutput<TRouter, TPath> extends { expiry: infer TExpiry } ? TExpiry : never;

/** The part of the output of `login` that makes a session. */
export type LoginAnswer<TRouter extends AnyTRPCRouter, TPath extends string> = (LoginOutput<TRouter, TPath> extends {
  token: string;
}
  ? { token: string; expiry: ExpiryOf<TRouter, TPath> }
  : { token: string | null; id: string; expiry: ExpiryOf<TRouter, TPath> }) &
  UserOf<TRouter, TPath>;

/** What `session` returns of a session. */
export type SessionAnswer<TRouter extends AnyTRPCRouter, TPath extends string> = {
  id: string;
  expiry: ExpiryOf<TRouter, TPath>;
} & UserOf<TRouter, TPath>;

/** `{ user }` if the app sets `serializeUser`. */
export type UserOf<TRouter extends AnyTRPCRouter, TPath extends string> =
  LoginOutput<TRouter, TPath> extends { user: infer TUser } ? { user: TUser } : object;
