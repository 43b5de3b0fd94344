import type { IncomingMessage, ServerResponse } from 'node:http';
import type { EntityManager, EntitySchema, MikroORM } from '@mikro-orm/core';
import type {
  AnyTRPCProcedure,
  AnyTRPCRouter,
  inferProcedureBuilderResolverOptions,
  TRPCProcedureBuilder,
} from '@trpc/server';
import type { z } from 'zod';
import { same } from './same.ts';

type IsAny<T> = 0 extends 1 & T ? true : false;

/** What is not looked into: values without parts, and what other packages define. */
type Closed =
  | (null | undefined | string | number | bigint | boolean | symbol)
  | (Date | Headers | Request | Response | AbortSignal | IncomingMessage | ServerResponse)
  | (Pick<MikroORM, 'driver' | 'config'> | EntityManager | EntitySchema | z.ZodType | AnyTRPCProcedure | AnyTRPCRouter);

/**
 * Where in a type there is an `any`, such as `.login().user`; `never`: nowhere. It looks six steps deep: into fields,
 * what functions take and give, the instances of classes, what promises hold, and the context of procedure builders.
 */
export type AnyPath<T, TPath extends string = '', TSteps extends readonly unknown[] = [1, 1, 1, 1, 1, 1]> =
  IsAny<T> extends true
    ? `${TPath} is any`
    : unknown extends T
      ? never
      : TSteps extends readonly [unknown, ...infer TRest]
        ? PartPath<T, TPath, TRest>
        : never;

type PartPath<T, TPath extends string, TSteps extends readonly unknown[]> = T extends Closed
  ? never
  : T extends Promise<infer TValue>
    ? AnyPath<TValue, `await ${TPath}`, TSteps>
    : T extends AnyBuilder
      ? AnyPath<inferProcedureBuilderResolverOptions<T>['ctx'], `${TPath} ctx`, TSteps>
      : T extends abstract new (
            ...given: never
          ) => infer TInstance
        ? AnyPath<TInstance, `new ${TPath}`, TSteps>
        : T extends (...given: infer TGiven) => infer TResult
          ?
              | AnyPath<TGiven, `${TPath} given`, TSteps>
              | AnyPath<TResult, `${TPath}()`, TSteps>
              | FieldPath<T, TPath, TSteps>
          : T extends CallableFunction
            ? never
            : FieldPath<T, TPath, TSteps>;

type FieldPath<T, TPath extends string, TSteps extends readonly unknown[]> = T extends readonly (infer TItem)[]
  ? AnyPath<TItem, `${TPath}[]`, TSteps>
  : { [K in keyof T & string]-?: AnyPath<T[K], `${TPath}.${K}`, TSteps> }[keyof T & string];

// biome-ignore format: one line
// oxlint-disable-next-line typescript/no-explicit-any -- the type of every builder
type AnyBuilder = TRPCProcedureBuilder<any, any, any, any, any, any, any, any, any>;

// It finds what it should.
// oxlint-disable typescript/no-explicit-any -- that is what is looked for
same<AnyPath<any>, ' is any'>();
same<AnyPath<{ a: { b?: any }; c: string }>, '.a.b is any'>();
same<AnyPath<() => Promise<{ a: any }[]>>, 'await ()[].a is any'>();
same<AnyPath<(options: { a: any }) => void>, ' given[].a is any'>();
same<AnyPath<{ a: string | null; b(): Date; c: unknown; d?: readonly { e: 1 }[] }>, never>();
// oxlint-enable typescript/no-explicit-any
