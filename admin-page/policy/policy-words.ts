import type { ProcedurePolicy } from '../../src/trpc/policies/policy-of.ts';
import { lifetimeToText } from '../text/lifetime.ts';

export const guardChoices: readonly { readonly id: ProcedurePolicy['guard']; readonly name: string }[] = [
  { id: 'open', name: 'Open: everyone' },
  { id: 'optional', name: 'Optional: everyone, except with a bad token' },
  { id: 'guarded', name: 'Guarded: a valid token' },
];

/** `web, cli`, `all`, `all but api`, or `none`. */
export function clientsInWords({ clients, exceptClients }: ProcedurePolicy): string {
  if (clients !== null) return clients.length === 0 ? 'none' : clients.join(', ');
  return exceptClients === undefined ? 'all' : `all but ${exceptClients.join(', ')}`;
}

/** Such as `read, one of write, admin`; empty: none is needed. */
export function scopesInWords({ scopes, anyScope }: ProcedurePolicy): string {
  const choices = (anyScope ?? []).map((list) => `one of ${list.join(', ')}`);
  return [...(scopes ?? []), ...choices].join(', ');
}

/** How long ago the user may have signed in: `10m`; empty: any time. */
export function freshInWords({ fresh }: ProcedurePolicy): string {
  return typeof fresh === 'number' ? lifetimeToText(fresh) : (fresh ?? '');
}

/** `40 procedures: 3 open, 1 optional, 36 guarded` */
export function countsInWords(policies: readonly ProcedurePolicy[]): string {
  const counts = guardChoices.map(
    ({ id }) => [policies.filter(({ guard }) => guard === id).length.toLocaleString('en'), id] as const,
  );
  const total = `${policies.length.toLocaleString('en')} procedure${policies.length === 1 ? '' : 's'}`;
  return `${total}: ${counts.map(([count, guard]) => `${count} ${guard}`).join(', ')}`;
}
