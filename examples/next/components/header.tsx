'use client';

import { useMutation } from '@tanstack/react-query';
import { useAuth, useSession } from '@/trpc/context.ts';

export function Header() {
  const session = useSession();
  const logout = useMutation({ mutationFn: useAuth().logout });
  return (
    <header className="header">
      <p className="brand">
        <img src="/icon.svg" width="28" height="28" alt="" />
        <span>
          trpc-durin <span className="muted">Next.js</span>
        </span>
      </p>
      {session.status === 'signed-in' && (
        <button type="button" onClick={() => logout.mutate()} disabled={logout.isPending}>
          Sign out
        </button>
      )}
    </header>
  );
}
