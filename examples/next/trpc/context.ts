'use client';

import { createTRPCContext } from '@trpc/tanstack-react-query';
import type { DurinAuth } from 'trpc-durin/client';
import { useDurinAuth, useDurinSession } from 'trpc-durin/react';
import type { AppRouter } from '@/server/router.ts';

/** The options for TanStack Query's hooks, per procedure. */
export const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

/** The SDK's `auth`, with the app's types. */
export const useAuth = useDurinAuth<DurinAuth<AppRouter>>;

/** Who is signed in. */
export const useSession = () => useDurinSession(useAuth());
