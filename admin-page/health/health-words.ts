import type { Health } from '../../src/health/health.ts';

/** A part that durin depends on. */
export type PartName = 'database' | 'store' | 'bus' | 'throttle';

type InJson<T> = T extends Date ? string : T extends object ? { [Key in keyof T]: InJson<T[Key]> } : T;

/** The state of a part, as the server sends it. */
export type PartView = InJson<Health[PartName]>;

/** The parts in the order of the view, and what each is for. */
export const parts: readonly { readonly name: PartName; readonly title: string; readonly purpose: string }[] = [
  { name: 'database', title: 'Database', purpose: 'Holds the clients, tokens and users.' },
  { name: 'store', title: 'Cache store', purpose: 'Shares cached sessions between processes.' },
  { name: 'bus', title: 'Cache bus', purpose: 'Announces changes to all processes.' },
  { name: 'throttle', title: 'Throttle Redis', purpose: 'Counts calls for all processes.' },
];

export const statusWords: Readonly<Record<PartView['status'], string>> = {
  up: 'works',
  down: 'down',
  degraded: 'degraded',
  unused: 'not used',
};

/** What the failure of a part means for callers. */
export const effectOf: Readonly<Record<PartName, string>> = {
  database: 'Calls that need it are refused.',
  store: 'Look-ups read the database.',
  bus: 'No session is kept in this process.',
  throttle: 'This process counts calls by itself.',
};

/** The state of the whole in a sentence. */
export function summaryOf({ isHealthy, isDegraded }: Pick<Health, 'isHealthy' | 'isDegraded'>): string {
  if (!isHealthy) return 'The database is down, so most calls are refused.';
  return isDegraded ? 'Calls are answered, but a part fails.' : 'Everything that is used works.';
}
