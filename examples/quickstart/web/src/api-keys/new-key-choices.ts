/** What a new key may do: the option `scopes` of auth.ts, with what each allows. */
export const scopeChoices = [
  { scope: 'reports:read', allows: 'List reports' },
  { scope: 'reports:write', allows: 'Add reports' },
] as const;

export type Scope = (typeof scopeChoices)[number]['scope'];

/** How long a new key may live. auth.ts allows a year. */
export const lifetimes = [
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['365d', '1 year'],
] as const;

export type Lifetime = (typeof lifetimes)[number][0];
