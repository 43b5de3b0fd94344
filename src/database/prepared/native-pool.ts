import type { MikroORM } from '@mikro-orm/core';
import { translateErrors } from '../failures.ts';
import type { Row } from '../rows/row.ts';
import { type ExplainTimeout, explainByPool, type PoolCounts } from './busy-pool.ts';

/** The part of `pg.Pool` that prepared statements use. */
export interface NativePool {
  connect(): Promise<NativeClient>;
}

export interface NativeClient {
  query(query: NativeQuery): Promise<{ rows: Row[] }>;
  /** Returns the connection to the pool. Given an error, the pool closes it instead. */
  release(error?: Error): void;
}

export interface NativeQuery {
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

/** Returns the ORM's pool; `null`: the driver has none, or its connections may only be used through the ORM. */
export type GetNativePool = () => Promise<NativePool | null>;

export interface NativePools {
  readonly get: GetNativePool;
  /** Explains a timeout by the pool that the last `get` found, also if its connections may only be used through the ORM. */
  readonly explainTimeout: ExplainTimeout;
}

/**
 * Creates the access to the ORM's pool. PGlite has none: it has one connection and prepares nothing. An app that sets a
 * role or a variable on each connection does so through the ORM.
 * @param getNativeClient returns the driver's own client: the pool of `pg`, or a PGlite instance
 */
export function createNativePools(orm: MikroORM, getNativeClient: () => Promise<unknown>): NativePools {
  const isPreparedByApp =
    orm.config.get('sessionContext') === 'connection' ||
    orm.config.get('onCreateConnection') !== undefined ||
    orm.config.get('onReserveConnection') !== undefined;

  let found: (NativePool & PoolCounts) | null = null;

  async function find(): Promise<NativePool | null> {
    const client = await translateErrors(getNativeClient());
    found = isPool(client) ? client : null;
    return found;
  }

  return {
    get: () => (isPreparedByApp ? find().then(asNone, asNone) : find()),
    explainTimeout: (timeout) => (found === null ? timeout : explainByPool(timeout, found)),
  };
}

function asNone(): null {
  return null;
}

function isPool(client: unknown): client is NativePool & PoolCounts {
  return typeof client === 'object' && client !== null && 'query' in client && 'totalCount' in client;
}
