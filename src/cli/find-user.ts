import type { UserView } from '../admin/admin-views.ts';
import type { AdminCaller } from './admin-caller.ts';
import { CliFailure } from './failure.ts';
import { printable } from './terminal.ts';

/** The most users that are looked through, and named where none is meant for sure. */
const maxMatches = 100;
const maxNamed = 3;

/**
 * The one user whose name or key was typed; a part of a name is not enough.
 * @throws CliFailure where there is none, or more than one
 */
export async function findUser(admin: AdminCaller, typed: string): Promise<UserView> {
  const matches = typed === '' ? [] : await admin.users.search({ search: typed, limit: maxMatches });
  const meant = matches.filter(({ id, label }) => String(id) === typed || label.toLowerCase() === typed.toLowerCase());
  const exact = meant.length > 1 ? meant.filter(({ label }) => label === typed) : meant;
  const [user] = exact;
  if (user !== undefined && exact.length === 1) return user;
  const named = (meant.length > 1 ? meant : matches)
    .slice(0, maxNamed)
    .map(({ id, label }) => `${printable(label)} (${id})`);
  const quoted = JSON.stringify(typed);
  if (meant.length > 1) throw new CliFailure(`${quoted} can be ${named.join(', ')}: give the key of one.`);
  const hint = named.length > 0 ? ` Did you mean ${named.join(', ')}?` : '';
  throw new CliFailure(`There is no user ${quoted}.${hint}`);
}
