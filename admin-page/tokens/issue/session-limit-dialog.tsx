import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../connection.ts';
import type { User } from '../../data/tokens.ts';
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx';
import { formatCount } from '../../text/format-count.ts';

interface SessionLimitDialogProps {
  user: User;
  /** The client's name. */
  client: string;
  /** Issues the token, which ends the oldest. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before a new token ends sessions of its user. */
export function SessionLimitDialog({ user, client, onConfirm, onClose }: SessionLimitDialogProps) {
  const { data: counts } = useQuery({
    queryKey: ['sessions-of', user.id, client],
    queryFn: () => countSessions(user, client),
    gcTime: 0, // the sessions may have changed by the next time
  });
  return (
    <ConfirmDialog
      isOpen
      title={`End a session of ${user.label}?`}
      confirmLabel="End it and issue the token"
      onConfirm={onConfirm}
      onClose={onClose}
    >
      <bdi>{user.label}</bdi> is signed in to <bdi>{client}</bdi>
      {counts !== undefined && ` with ${formatCount(counts.sessions, 'session')}`}, and the client allows no more.{' '}
      {consequenceOf(counts)}
    </ConfirmDialog>
  );
}

interface SessionCounts {
  readonly sessions: number;
  /** How many of them a new one ends. */
  readonly surplus: number;
}

async function countSessions(user: User, client: string): Promise<SessionCounts> {
  const [{ items }, { maxSessions }] = await Promise.all([
    trpc.admin.tokens.list.query({ user: user.id, client, state: 'valid', limit: 100 }),
    trpc.admin.clients.get.query({ name: client }),
  ]);
  return { sessions: items.length, surplus: Math.max(items.length + 1 - maxSessions, 1) };
}

function consequenceOf({ sessions, surplus }: SessionCounts = { sessions: 1, surplus: 1 }): string {
  const which =
    sessions === 1 ? 'it' : surplus === 1 ? 'the least recently used one' : `the ${surplus} least recently used ones`;
  return `The new token ends ${which} immediately: that device is signed out.`;
}
