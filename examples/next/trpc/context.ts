'use client';

import { createTRPCContext } from '@trpc/tanstack-react-query';
import { createDurinContext } from 'trpc-durin/react';
import type { AppRouter } from '@/server/router.ts';

/** The options for TanStack Query's hooks, per procedure. */
export const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

/** The SDK's `auth`, and who is signed in. */
export const { DurinProvider, useAuth, useSession } = createDurinContext<AppRouter>();
