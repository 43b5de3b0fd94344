import type { Database } from '../database.ts';
import { epochOf, toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import { createLockUser } from '../tokens/lock-user.ts';
import { identityColumns, tokenRowColumns, toTokenIdentity, toTokenRow } from '../tokens/token-columns.ts';
import { createExpiryConditions } from '../tokens/token-conditions.ts';
import { createActivateKey } from './activate-key.ts';
import { type HeldKey, isNameTaken } from './choose-key-slot.ts';
import { createClaimExpiring } from './claim-expiring.ts';
import { heldReplacement } from './held-replacement.ts';
import type { KeyStore } from './key-store.ts';

/** The key store on PostgreSQL. Statements take the time as a parameter and never read the database's clock. */
export function createSqlKeyStore(database: Database, schema: Schema): KeyStore {
  const { tokens, clients, uses, toUserKey } = schema;
  const { unexpired, expired } = createExpiryConditions(schema);
  const lockUser = createLockUser(database, schema);
  const { column: changeColumn, parameters: changeOf } = database.changeContext;
  const ofClient = `from ${tokens} t join ${clients} c on c.id = t.client_id`;
  const select =
    `select ${tokenRowColumns}, t.scopes, t.replaces ${ofClient} left join ${uses} l on l.token_id = t.id ` +
    'where t.user_id = ? and c.name = ? order by t.created desc, t.slot desc';
  const selectHeld =
    `select t.id, t.slot, t.name, true as "isValid", ${heldReplacement}, ${epochOf('t.expiry')} as "expiresAt" ${ofClient} ` +
    `where t.user_id = ? and c.name = ? and ${unexpired}`;

  return {
    async listKeys(userId, clientName) {
      const rows = await database.run(select, [toUserKey(userId), clientName]);
      return rows.map((row) => ({
        ...toTokenRow(row),
        scopes: row['scopes'] as readonly string[] | null,
        replaces: row['replaces'] as string | null,
      }));
    },

    async renameKey({ userId, clientName, id }, name, now) {
      return lockUser(userId, async (key) => {
        const valid = (await database.run(selectHeld, [key, clientName, toParameter(now)])) as unknown as HeldKey[];
        const renamed = valid.find((held) => held.id === id);
        if (renamed === undefined) return 'key-not-found';
        if (isNameTaken(name, valid, renamed)) return 'name-taken';
        const sql = `update ${tokens} t set name = ? where t.id = ? returning t.id${changeColumn}`;
        await database.run(sql, [name, id, ...changeOf()]);
        return 'renamed';
      });
    },

    async deleteKey({ userId, clientName, id }, now) {
      const [row] = await database.run(
        `delete from ${tokens} t using ${clients} c where c.id = t.client_id and t.user_id = ? and c.name = ? and t.id = ? ` +
          `returning ${identityColumns}, coalesce(${expired}, false) as had_expired${changeColumn}`,
        [toUserKey(userId), clientName, id, toParameter(now), ...changeOf({ reason: 'revoked', expiredAt: now })],
      );
      return row === undefined ? null : { ...toTokenIdentity(row, schema), hadExpired: row['had_expired'] === true };
    },

    activateKey: createActivateKey(database, schema),
    claimExpiring: createClaimExpiring(database, schema),
  };
}
