/** What an audit row may report of a token. */
export const tokenActions = [
  'issued',
  'rolled',
  'renewed',
  'shortened',
  'renamed',
  'reauthenticated',
  'activated',
  'warned',
  'changed',
  'revoked',
  'expired',
] as const;

/** What an audit row may report of a client. */
export const clientActions = ['client-created', 'client-updated', 'client-deleted'] as const;

export const auditActions = [...tokenActions, ...clientActions] as const;

/** What an audit row reports. */
export type AuditAction = (typeof auditActions)[number];

/** By whose order a change was made. */
export const auditActors = ['user', 'admin', 'command-line', 'server', 'database'] as const;

/**
 * By whose order a change was made:
 * - `user`: a user who signed in, or in a call of its session
 * - `admin`: an admin, through the admin router
 * - `command-line`: the program `trpc-durin`
 * - `server`: the app's own code without a caller, or durin itself, as when it purges
 * - `database`: a statement that durin did not send, such as one in psql, `nativeDelete`, or a cascade of one
 */
export type AuditActor = (typeof auditActors)[number];
