import { createHash } from 'node:crypto';
import type { Row } from '../rows/row.ts';
import type { SessionFormat } from '../token-store.ts';
import type { SessionSelect } from './session-select.ts';

/** Codecs for the types that JSON lacks. */
const codecs = {
  bigint: { is: (value: unknown) => typeof value === 'bigint', write: String, read: BigInt },
  date: {
    is: (value: unknown) => value instanceof Date,
    write: (value: unknown) => (value as Date).toJSON() ?? 'invalid',
    read: (text: string) => new Date(text),
  },
  number: {
    is: (value: unknown) => typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)),
    write: (value: unknown) => (value === 0 ? '-0' : String(value)),
    read: Number,
  },
  bytes: {
    is: (value: unknown) => value instanceof Uint8Array,
    write: (value: unknown) => Buffer.from(value as Uint8Array).toString('base64'),
    read: (text: string) => Buffer.from(text, 'base64'),
  },
};

type CodecName = keyof typeof codecs;

/** The values by column, and the codec of each column that needs one. */
type EncodedRow = readonly [values: Record<string, unknown>, codecOf: Record<string, CodecName>];

/**
 * Creates the format of cached sessions: a row as JSON that keeps the types of the driver's values.
 * @param source the user entity and the statement that selects the rows; a change to it changes the layout
 */
export function createSessionFormat(select: SessionSelect, source: string): SessionFormat {
  return {
    layout: createHash('sha256').update(source).digest('base64url').slice(0, 12),

    encode(row) {
      const values: Record<string, unknown> = {};
      const codecOf: Record<string, CodecName> = {};
      for (const [column, value] of Object.entries(row)) {
        const name = (Object.keys(codecs) as CodecName[]).find((candidate) => codecs[candidate].is(value));
        if (name !== undefined) codecOf[column] = name;
        values[column] = name === undefined ? value : codecs[name].write(value);
      }
      return JSON.stringify([values, codecOf] satisfies EncodedRow);
    },

    decode(text) {
      const [values, codecOf] = JSON.parse(text) as EncodedRow; // written by `encode`: cache keys contain the layout
      const row: Record<string, unknown> = { ...values };
      for (const [column, name] of Object.entries(codecOf)) row[column] = codecs[name].read(String(values[column]));
      return select.read(row satisfies Row);
    },
  };
}
