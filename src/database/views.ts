import type {
  Collection,
  ExpandProperty,
  Hidden,
  HiddenProps,
  Opt,
  Primary,
  PrimaryProperty,
  Scalar,
  ScalarReference,
} from '@mikro-orm/core';
import type { DurinClient } from './entity-rows.ts';

/** A column whose type is `any` in the app stays `any` and visible. */
type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * The properties that look-ups do not select: hidden ones, collections, methods, and lazy columns if their type shows it
 * (`.lazy().ref()`). MikroORM's `EntityDTO` does not serve here, because it includes nullable hidden columns.
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

/** A relation has a primary key; an embedded object has none. */
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

/** Paths such as `organization` and `organization.owner`, at most four relations deep. */
type RelationPath<T, TDepth extends readonly unknown[] = [1, 2, 3]> = T extends object
  ? {
      [K in RelationName<T>]: TDepth extends readonly [unknown, ...infer TRest]
        ? K | `${K}.${RelationPath<NonNullable<ExpandProperty<T[K]>>, TRest>}`
        : K;
    }[RelationName<T>]
  : never;

/** A path that `populate` accepts, such as `user`, `user.organization` or `client.settings`. To-one relations only. */
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

/** An entity as sessions show it: its visible columns, `null` if empty, and the relations of the paths. */
type View<T, TPaths extends string = never> = {
  readonly [K in keyof T as K extends VisibleName<T> ? K : never]-?: ValueView<T[K], K & string, TPaths>;
};

type ValueView<TValue, TName extends string, TPaths extends string> =
  IsAny<TValue> extends true
    ? TValue
    : TValue extends undefined
      ? null
      : TValue extends Scalar | null
        ? Unbranded<TValue>
        : TValue extends readonly (infer TItem)[]
          ? [UnreadName<TItem>] extends [never]
            ? Readonly<TValue>
            : readonly ItemView<TItem>[]
          : IsRelation<TValue> extends true
            ? TName extends TopOf<TPaths>
              ? View<ExpandProperty<TValue>, RestOf<TPaths, TName>>
              : KeyView<ExpandProperty<TValue>>
            : [UnreadName<TValue>] extends [never]
              ? TValue
              : View<TValue>;

/** Of a list of polymorphic objects, each item has the columns of its own class. */
type ItemView<TItem> = TItem extends unknown ? View<TItem> : never;

/** Without MikroORM's mark for columns that `em.create` may leave out. */
type Unbranded<TValue> = TValue extends infer TPlain & Opt.Brand ? TPlain : TValue;

/** A key of several columns is an object of them. */
type KeyView<T> = [Primary<T>] extends [readonly unknown[]]
  ? { readonly [K in PrimaryProperty<T> & keyof T]: ValueView<T[K], K & string, never> }
  : Primary<T>;

type TopOf<TPath extends string> = TPath extends `${infer TTop}.${string}` ? TTop : TPath;

type RestOf<TPath extends string, TTop extends string> = TPath extends `${TTop}.${infer TRest}` ? TRest : never;

/** `ctx.user`: the user's visible columns and populated relations, or only its key if `populate` omits the user. */
export type AuthUser<TUser extends object, TPopulate extends readonly string[] | false> =
  IsPopulated<TPopulate, 'user'> extends true
    ? View<TUser, PathsBelow<TPopulate, 'user'>>
    : { readonly [K in PrimaryProperty<TUser> & keyof TUser]: TUser[K] };

/**
 * The name of any client. Beside those of the option `clients`, which editors complete, it may be one that an admin created
 * at run time.
 */
export type AnyClientName<TName extends string> = string extends TName ? string : TName | (string & {});

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
