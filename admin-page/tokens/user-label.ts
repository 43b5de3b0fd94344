import type { UserView } from '../../src/admin/admin-views.ts';

/** The user's label, followed by the key if another of these users has the same label. */
export function uniqueLabelOf(users: readonly UserView[], { id, label }: UserView): string {
  const isAmbiguous = users.some((user) => user.id !== id && user.label === label);
  return isAmbiguous ? `${label} (${id})` : label;
}
