import type { UserView } from '../admin/admin-views.ts';
import { isDurinError } from '../errors.ts';
import type { AdminCaller } from './admin-caller.ts';
import { CliError } from './cli-error.ts';
import { printable } from './terminal.ts';

/** How many users the search may return. */
const maxMatches = 100;

/** How many users an error lists. */
const maxListed = 3;

/** Marks a primary key, for when another user's name is the same as the key. */
const keyPrefix = 'key:';

/** No user has what was typed as a name or a key. */
export class UnknownUserError extends CliError {}

/**
 * The one user whose name or primary key was typed. Part of a name is not enough. The look-up by key does not depend on
 * the app's `searchUsers`.
 * @throws UnknownUserError if there is no such user
 * @throws CliError if there is more than one
 */
export async function findUser(admin: AdminCaller, typed: string): Promise<UserView> {
  const isKey = typed.startsWith(keyPrefix);
  const byKey = await findUserByKey(admin, withoutKeyPrefix(typed));
  const matches = isKey || typed === '' ? [] : await admin.users.search({ search: typed, limit: maxMatches });
  const byName = matches.filter(({ id, label }) => id !== byKey?.id && isSame(label, typed));
  const byExactName = byName.filter(({ label }) => label === typed);
  const candidates = [...(byKey === null ? [] : [byKey]), ...(byExactName.length === 1 ? byExactName : byName)];
  const [user, another] = candidates;
  if (user !== undefined && another === undefined) return user;

  const quoted = JSON.stringify(typed);
  const listed = (candidates.length > 0 ? candidates : matches).slice(0, maxListed);
  const list = listed.map(({ id, label }) => `${printable(label)} (${printable(String(id))})`).join(', ');
  if (user !== undefined) {
    const example = `${keyPrefix}${printable(String(user.id))}`;
    throw new CliError(`${quoted} can be ${list}. Pass the key of one, such as ${example}.`);
  }
  throw new UnknownUserError(`There is no user ${quoted}.${list === '' ? '' : ` Did you mean ${list}?`}`);
}

export function withoutKeyPrefix(typed: string): string {
  return typed.startsWith(keyPrefix) ? typed.slice(keyPrefix.length) : typed;
}

async function findUserByKey(admin: AdminCaller, key: string): Promise<UserView | null> {
  try {
    const user = await admin.users.get({ user: key });
    return isSame(String(user.id), key) ? user : null; // refuses other notations of a number, such as 02
  } catch (error) {
    if (isDurinError(error) && error.durin.code === 'USER_NOT_FOUND') return null;
    throw error;
  }
}

function isSame(text: string, typed: string): boolean {
  return text.toLowerCase() === typed.toLowerCase();
}
