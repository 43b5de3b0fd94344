import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '@/server/router.ts';

type Outputs = inferRouterOutputs<AppRouter>;

/** Who is signed in, as the server sends it. */
export type Session = NonNullable<Outputs['auth']['session']>;

/** A session in the list of the user's devices. */
export type Device = Outputs['auth']['sessions']['list'][number];
