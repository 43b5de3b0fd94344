'use client';

import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useAuth, useSession } from '@/trpc/context.ts';
import { DateTime } from './date-time.tsx';

/** @param greeting what the server has rendered */
export function SessionCard({ greeting }: { greeting: ReactNode }) {
  const session = useSession();
  const refresh = useMutation({ mutationFn: useAuth().refresh });

  return (
    <section className="card" aria-labelledby="session">
      {greeting}
      <dl className="facts">
        <div>
          <dt>Signed in until</dt>
          <dd className="big">{session.status === 'signed-in' && <DateTime date={session.expiry} />}</dd>
        </div>
      </dl>
      <div className="actions">
        <button type="button" onClick={() => refresh.mutate()} disabled={refresh.isPending}>
          Refresh
        </button>
        <output className="muted">{refresh.isSuccess && 'The session was refreshed.'}</output>
      </div>
    </section>
  );
}
