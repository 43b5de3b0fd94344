import { createHash } from 'node:crypto';
import type { Row } from './rows/projection.ts';
import type { SessionSelect } from './session-select.ts';
import type { SessionFormat } from './token-store.ts';

/** What JSON does not know, by the name that stands for it. */
const codecs = {
  bigint: { is: (value: unknown) => typeof value === 'bigint', write: String, read: BigInt },
  date: {
    is: (value: unknown) => value instanceof Date,
    write: (value: unknown) => (value as Date).toISOString(),
    read: (text: string) => new Date(text),
  },
  bytes: {
    is: (value: unknown) => value instanceof Uint8Array,
    write: (value: unknown) => Buffer.from(value as Uint8Array).toString('base64'),
    read: (text: string) => Buffer.from(text, 'base64'),
  },
};

type CodecName = keyof typeof codecs;

/** Values by column, and of which columns the values were written by a codec. */
type StoredRow = readonly [values: Record<string, unknown>, coded: Record<string, CodecName>];

/** Rows as JSON; what the driver gave as something else keeps its type. */
export function createRowFormat(select: SessionSelect, sql: string): SessionFormat {
  return {
    layout: createHash('sha256').update(sql).digest('base64url').slice(0, 12),

    encode(row) {
      const values: Record<string, unknown> = {};
      const coded: Record<string, CodecName> = {};
      for (const [column, value] of Object.entries(row)) {
        const name = (Object.keys(codecs) as CodecName[]).find((candidate) => codecs[candidate].is(value));
        if (name !== undefined) coded[column] = name;
        values[column] = name === undefined ? value : codecs[name].write(value);
      }
      return JSON.stringify([values, coded] satisfies StoredRow);
    },

    decode(text) {
      const [values, coded] = JSON.parse(text) as StoredRow; // what `encode` wrote: the layout is part of its key
      const row: Record<string, unknown> = { ...values };
      for (const [column, name] of Object.entries(coded)) row[column] = codecs[name].read(String(values[column]));
      return select.read(row satisfies Row);
    },
  };
}
