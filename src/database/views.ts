import type {
  Collection,
  EntityDTO,
  ExpandProperty,
  Loaded,
  Primary,
  PrimaryProperty,
  Scalar,
  ScalarReference,
} from '@mikro-orm/core';
import type { DurinClient } from './entities.ts';

/** The names of an entity's to-one relations, as far as types can tell them from embedded objects. */
type RelationName<T> = {
  [K in keyof T & string]: NonNullable<T[K]> extends
    | Scalar
    | Collection<infer _TItem extends object>
    | readonly unknown[]
    ? never
    : ExpandProperty<T[K]> extends object
      ? K
      : never;
}[keyof T & string];

/** `organization`, `organization.owner`, …; four relations deep. */
type RelationPath<T, TDepth extends readonly unknown[] = [1, 2, 3]> = T extends object
  ? {
      [K in RelationName<T>]: TDepth extends readonly [unknown, ...infer TRest]
        ? K | `${K}.${RelationPath<NonNullable<ExpandProperty<T[K]>>, TRest>}`
        : K;
    }[RelationName<T>]
  : never;

/** What `populate` may name: `user`, `user.organization`, `client.settings`, … To-one relations only. */
export type PopulatePath<TUser extends object, TClient extends DurinClient> =
  | 'user'
  | 'client'
  | `user.${RelationPath<TUser>}`
  | `client.${RelationPath<TClient>}`;

type PathsBelow<TPopulate extends readonly string[] | false, TRoot extends string> = TPopulate extends readonly string[]
  ? TPopulate[number] extends infer TPath
    ? TPath extends `${TRoot}.${infer TRest}`
      ? TRest
      : never
    : never
  : never;

type IsPopulated<
  TPopulate extends readonly string[] | false,
  TRoot extends string,
> = TPopulate extends readonly string[]
  ? Extract<TPopulate[number], TRoot | `${TRoot}.${string}`> extends never
    ? false
    : true
  : false;

/** Lazy columns and collections are in no row that a look-up reads. */
type UnreadName<T> = {
  [K in keyof T]: NonNullable<T[K]> extends ScalarReference<infer _TValue> | Collection<infer _TItem extends object>
    ? K
    : never;
}[keyof T];

/** Written out, so that editors show the fields. */
type Plain<T> = { readonly [K in keyof T]: T[K] } & {};

/** `ctx.user`: the user's visible columns and what `populate` names; only its key where `populate` leaves the user out. */
export type AuthUser<TUser extends object, TPopulate extends readonly string[] | false> =
  IsPopulated<TPopulate, 'user'> extends true
    ? Plain<Omit<EntityDTO<Loaded<TUser, PathsBelow<TPopulate, 'user'>>>, UnreadName<TUser>>>
    : Plain<Pick<TUser, PrimaryProperty<TUser> & keyof TUser>>;

/** `ctx.auth.client`. */
export type AuthClient<
  TClient extends DurinClient,
  TPopulate extends readonly string[] | false,
  TName extends string,
> = {
  readonly id: number;
  readonly name: TName;
  /** Seconds; `null`: tokens never expire. */
  readonly tokenTtl: number | null;
  readonly throttleRate: string | null;
} & Readonly<
  Pick<
    EntityDTO<Loaded<TClient, PathsBelow<TPopulate, 'client'>>>,
    Extract<TopOf<PathsBelow<TPopulate, 'client'>>, keyof EntityDTO<Loaded<TClient, PathsBelow<TPopulate, 'client'>>>>
  >
>;

type TopOf<TPath extends string> = TPath extends `${infer TTop}.${string}` ? TTop : TPath;

/** A user's primary key. */
export type UserKey<TUser extends object> = Primary<TUser>;
