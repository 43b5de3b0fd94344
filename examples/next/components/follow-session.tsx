'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { useSession } from '@/trpc/context.ts';

/**
 * Renders the page again on the server when somebody signs in or out, in any tab. The page decides where that leads, so
 * the browser and the server never disagree.
 */
export function FollowSession() {
  const session = useSession();
  const shown = useRef(session);
  const queryClient = useQueryClient();
  const router = useRouter();

  useEffect(() => {
    if (shown.current === session) return;
    shown.current = session;
    queryClient.clear(); // it holds what the last user saw
    router.refresh();
  }, [session, queryClient, router]);

  return null;
}
