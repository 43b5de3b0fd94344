import type { AuditAction, AuditActor } from '../../src/database/records/audit-actions.ts';

/** An entry of the audit, as the page's API sends it. */
export interface AuditEntry {
  readonly action: AuditAction;
  readonly reason: string | null;
  readonly actor: AuditActor;
  readonly actorUser: { readonly label: string } | null;
  readonly details: Readonly<Record<string, unknown>> | null;
}

const actionWords: Record<AuditAction, string> = {
  issued: 'Issued',
  rolled: 'Rolled',
  renewed: 'Renewed',
  shortened: 'Shortened',
  renamed: 'Renamed',
  reauthenticated: 'Confirmed',
  activated: 'First used',
  warned: 'Expiry announced',
  changed: 'Changed',
  revoked: 'Revoked',
  expired: 'Expired',
  'client-created': 'Client created',
  'client-updated': 'Client changed',
  'client-deleted': 'Client deleted',
};

/** The choices of the filter, in the order of a token's life. */
export const actionChoices = (Object.keys(actionWords) as AuditAction[]).map((id) => ({ id, name: actionWords[id] }));

const reasonWords: Readonly<Record<string, string>> = {
  logout: 'logout',
  'logout-all': 'logout everywhere',
  replaced: 'replaced',
  evicted: 'at the limit of sessions',
  'client-deleted': 'client deleted',
  'user-deleted': 'user deleted',
  'user-inactive': 'user inactive',
  'credentials-changed': 'credentials changed',
  leaked: 'found in public',
};

const actorWords: Record<AuditActor, string> = {
  user: 'the user',
  admin: 'an admin',
  'command-line': 'the command line',
  server: 'the server',
  database: 'a statement in SQL',
};

/** `Revoked: logout` */
export function actionInWords({ action, reason }: AuditEntry): string {
  const why = reason === null || reason === 'revoked' ? null : (reasonWords[reason] ?? reason);
  return why === null ? actionWords[action] : `${actionWords[action]}: ${why}`;
}

/** `alice`, or `the server` */
export function actorInWords({ actor, actorUser }: AuditEntry): string {
  if (actorUser === null) return actorWords[actor];
  return actor === 'admin' ? `${actorUser.label} (admin)` : actorUser.label;
}

/** `name: laptop`, or `token_ttl: 86400 to 172800`; one line for each. */
export function detailsInWords({ details }: AuditEntry): string[] {
  const { changes = {}, ...facts } = details ?? {};
  const changed = Object.entries(changes as Record<string, readonly [unknown, unknown]>).map(
    ([column, [before, after]]) => `${column}: ${toText(before)} to ${toText(after)}`,
  );
  return [...Object.entries(facts).map(([fact, value]) => `${fact}: ${toText(value)}`), ...changed];
}

const fullDate = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

function toText(value: unknown): string {
  if (value === null) return 'none';
  if (typeof value !== 'string') return JSON.stringify(value);
  return /^\d{4}-\d\d-\d\dT/.test(value) ? fullDate.format(new Date(value)) : value;
}
