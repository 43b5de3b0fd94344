import { fromJsonKey } from '../database/admin/user-key.ts';
import type { AuditStore } from '../database/records/audit-store.ts';
import type { Internals } from '../durin/internals.ts';
import { isSessionId } from '../session.ts';
import { auditListInput } from './admin-inputs.ts';
import type { AdminProcedures } from './admin-procedures.ts';
import type { AuditPage } from './admin-views.ts';
import type { UserDirectory } from './user-directory.ts';

const noEntries: AuditPage = { items: [], nextCursor: null };

/** @param store `null`: there is no audit */
export function createAuditProcedures(
  { query }: AdminProcedures,
  { schema }: Pick<Internals, 'schema'>,
  store: AuditStore | null,
  users: UserDirectory,
) {
  return {
    list: query.input(auditListInput).query(async function listAudit({ input }): Promise<AuditPage | null> {
      if (store === null) return null;
      const { client, tokenId, action, cursor, limit } = input;
      const userId = input.user === undefined ? undefined : fromJsonKey(input.user, schema);
      if (userId === null || (tokenId !== undefined && !isSessionId(tokenId))) return noEntries;
      const rows = await store.list({ userId, client, tokenId, action, after: cursor ?? undefined, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const named = await users.viewsOf(page.flatMap((row) => [row.userId, row.actorUserId]));
      const items = page.map(({ userId: owner, actorUserId, ...row }) => ({
        ...row,
        user: named(owner),
        actorUser: named(actorUserId),
      }));
      return { items, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
    }),
  };
}
