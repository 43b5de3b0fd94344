import type { UserView } from '../../src/admin/admin-views.ts';

/** What a user is called among these: with the key, where another has the same name. */
export function nameAmong(users: readonly UserView[], { id, label }: UserView): string {
  const hasNamesake = users.some((user) => user.id !== id && user.label === label);
  return hasNamesake ? `${label} (${id})` : label;
}
