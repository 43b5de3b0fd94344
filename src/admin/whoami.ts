import { toJsonKey } from '../database/admin/user-key.ts';
import { DurinError } from '../errors.ts';
import type { AdminProcedures } from './admin-procedures.ts';
import type { AdminView } from './admin-views.ts';
import type { UserDirectory } from './user-directory.ts';

export function createWhoami({ query }: AdminProcedures, users: UserDirectory) {
  return query.query(async function whoami({ ctx: { by, role } }): Promise<AdminView> {
    if (by === 'command-line') throw new DurinError('NO_CREDENTIALS'); // the command line has no user
    const { userId, client, tokenId } = by;
    const view = users.toView(await users.get(toJsonKey(userId)));
    return { ...view, client, tokenId, role };
  });
}
