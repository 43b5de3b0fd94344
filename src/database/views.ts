import type {
  Collection,
  ExpandProperty,
  Hidden,
  HiddenProps,
  Primary,
  PrimaryProperty,
  Scalar,
  ScalarReference,
} from '@mikro-orm/core';
import type { DurinClient } from './entities.ts';

/** An app's own column may be `any`; it stays so, and hides nothing. */
type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * The properties that no look-up reads: hidden ones, collections, methods, and lazy columns as far as types can tell
 * them (`.lazy().ref()`). MikroORM's own `EntityDTO` lets hidden columns through that may be null.
 */
type UnreadName<T> =
  | (T extends { [HiddenProps]?: infer TName } ? TName : never)
  | { [K in keyof T]-?: IsUnread<NonNullable<T[K]>> extends true ? K : never }[keyof T];

type IsUnread<TValue> =
  IsAny<TValue> extends true
    ? false
    : typeof Hidden.__hidden extends keyof TValue
      ? true
      : [TValue] extends [
            ScalarReference<infer _TScalar> | Collection<infer _TItem extends object> | ((...args: never) => unknown),
          ]
        ? true
        : false;

type VisibleName<T> = Exclude<keyof T & string, UnreadName<T>>;

/** An object is a relation if it has a primary key; embedded objects have none. */
type IsRelation<TValue> =
  IsAny<TValue> extends true
    ? false
    : [TValue] extends [Scalar | readonly unknown[]]
      ? false
      : [PrimaryProperty<ExpandProperty<TValue>>] extends [never]
        ? false
        : true;

/** The names of an entity's to-one relations. */
type RelationName<T> = {
  [K in VisibleName<T>]: IsRelation<NonNullable<T[K]>> extends true ? K : never;
}[VisibleName<T>];

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

/** What a row holds of an entity: every visible column, `null` where it is empty, and what the paths name. */
type View<T, TPaths extends string = never> = {
  readonly [K in keyof T as K extends VisibleName<T> ? K : never]-?: ValueView<T[K], K & string, TPaths>;
};

type ValueView<TValue, TName extends string, TPaths extends string> =
  IsAny<TValue> extends true
    ? TValue
    : TValue extends undefined
      ? null
      : TValue extends Scalar | null
        ? TValue
        : TValue extends readonly (infer TItem)[]
          ? [UnreadName<TItem>] extends [never]
            ? Readonly<TValue>
            : readonly View<TItem>[]
          : IsRelation<TValue> extends true
            ? TName extends TopOf<TPaths>
              ? View<ExpandProperty<TValue>, RestOf<TPaths, TName>>
              : Primary<ExpandProperty<TValue>>
            : [UnreadName<TValue>] extends [never]
              ? TValue
              : View<TValue>;

type TopOf<TPath extends string> = TPath extends `${infer TTop}.${string}` ? TTop : TPath;

type RestOf<TPath extends string, TTop extends string> = TPath extends `${TTop}.${infer TRest}` ? TRest : never;

/** `ctx.user`: the user's visible columns and what `populate` names; only its key where `populate` leaves the user out. */
export type AuthUser<TUser extends object, TPopulate extends readonly string[] | false> =
  IsPopulated<TPopulate, 'user'> extends true
    ? View<TUser, PathsBelow<TPopulate, 'user'>>
    : { readonly [K in PrimaryProperty<TUser> & keyof TUser]: TUser[K] };

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
} & {
  readonly [K in TopOf<PathsBelow<TPopulate, 'client'>> & keyof TClient & string]: ValueView<
    TClient[K],
    K,
    PathsBelow<TPopulate, 'client'>
  >;
};

/** A user's primary key. */
export type UserKey<TUser extends object> = Primary<TUser>;
