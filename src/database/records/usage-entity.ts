import { BigIntType, EntitySchema } from '@mikro-orm/core';
import { clientNameLength } from '../../values/client-fields.ts';
import type { TableNames } from '../rows/table-names.ts';

/** A row of `durin_usage`: how many calls a user made through a client on a day. */
export interface DurinUsage {
  /** The client's name at the time of the calls. */
  client: string;
  /** In UTC, such as `2026-11-23`. */
  day: string;
  /** The user's key, as text. */
  userId: string;
  calls: number;
}

/** The entity of the usage. Its table has no foreign keys, so that no deletion waits for a count. */
export function defineUsage({ place, tablePrefix, entityPrefix }: TableNames): EntitySchema<DurinUsage> {
  return new EntitySchema<DurinUsage>({
    ...place,
    name: `${entityPrefix}Usage`,
    tableName: `${tablePrefix}usage`,
    properties: {
      client: { type: 'string', fieldName: 'client', length: clientNameLength, primary: true },
      day: { type: 'date', fieldName: 'day', primary: true },
      userId: { type: 'text', fieldName: 'user_id', primary: true },
      // Not indexed, so that counting is a heap-only update if the page has room.
      calls: { type: new BigIntType('number'), fieldName: 'calls' },
    },
    indexes: [{ properties: ['day'] }],
  } as never);
}
