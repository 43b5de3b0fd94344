import type { UserView } from '../admin/admin-views.ts';
import { DurinError } from '../errors.ts';
import type { AdminCaller } from './admin-caller.ts';
import { CliFailure } from './failure.ts';
import { printable } from './terminal.ts';

/** The most users that are looked through, and named where none is meant for sure. */
const maxMatches = 100;
const maxNamed = 3;

/** Before a key, where somebody is named like it. */
const keyMark = 'key:';

/**
 * The one user whose name or key was typed; a part of a name is not enough. Keys do not depend on how the app searches.
 * @throws CliFailure where there is none, or more than one
 */
export async function findUser(admin: AdminCaller, typed: string): Promise<UserView> {
  const isKey = typed.startsWith(keyMark);
  const keyed = await userOfKey(admin, isKey ? typed.slice(keyMark.length) : typed);
  const matches = isKey || typed === '' ? [] : await admin.users.search({ search: typed, limit: maxMatches });
  const named = matches.filter(({ id, label }) => id !== keyed?.id && isSame(label, typed));
  const exact = named.filter(({ label }) => label === typed);
  const meant = [...(keyed === null ? [] : [keyed]), ...(exact.length === 1 ? exact : named)];
  const [user, another] = meant;
  if (user !== undefined && another === undefined) return user;

  const quoted = JSON.stringify(typed);
  const some = (meant.length > 0 ? meant : matches).slice(0, maxNamed);
  const list = some.map(({ id, label }) => `${printable(label)} (${printable(String(id))})`).join(', ');
  if (user !== undefined) {
    throw new CliFailure(`${quoted} can be ${list}: give one by key, such as ${keyMark}${printable(String(user.id))}.`);
  }
  throw new CliFailure(`There is no user ${quoted}.${list === '' ? '' : ` Did you mean ${list}?`}`);
}

async function userOfKey(admin: AdminCaller, key: string): Promise<UserView | null> {
  try {
    const user = await admin.users.get({ user: key });
    return isSame(String(user.id), key) ? user : null; // a number may be written in other ways, which is not meant
  } catch (error) {
    if (error instanceof DurinError && error.durin.code === 'USER_NOT_FOUND') return null;
    throw error;
  }
}

function isSame(text: string, typed: string): boolean {
  return text.toLowerCase() === typed.toLowerCase();
}
