import type { ClientRow } from '../../src/admin/admin-views.ts';
import { lifetimeInWords } from '../text/lifetime.ts';

const unitNames: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };

/** `1000/h` becomes `1,000 per hour`. */
export function rateInWords(rate: string | null): string {
  if (rate === null) return 'default rate';
  const [limit = '', unit = ''] = rate.split('/');
  return `${Number(limit).toLocaleString('en')} per ${unitNames[unit] ?? unit}`;
}

/** `1`, `5, then the oldest ends` or `3, then refused`. With one session, a login never needs to end another. */
export function sessionsInWords({ maxSessions, atLimit }: Pick<ClientRow, 'maxSessions' | 'atLimit'>): string {
  const count = maxSessions.toLocaleString('en');
  if (maxSessions === 1) return count;
  switch (atLimit) {
    case 'end-oldest':
      return `${count}, then the oldest ends`;
    case 'refuse':
      return `${count}, then refused`;
  }
}

/** `at most 3 days unused, 90 days in all`; empty without such limits. */
export function limitsInWords({ idleTtl, maxLifetime }: Pick<ClientRow, 'idleTtl' | 'maxLifetime'>): string {
  const limits = [
    ...(idleTtl === null ? [] : [`${lifetimeInWords(idleTtl)} unused`]),
    ...(maxLifetime === null ? [] : [`${lifetimeInWords(maxLifetime)} in all`]),
  ];
  return limits.length === 0 ? '' : `at most ${limits.join(', ')}`;
}
