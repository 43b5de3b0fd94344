import { createAdminRouter } from '../admin/admin-router.ts';
import type { CliConfig } from './load-config.ts';

/** The admin router's procedures, for whoever can run the app's config and so has its database. */
export type AdminCaller = ReturnType<typeof createAdminCaller>;

export function createAdminCaller({ access, ...naming }: CliConfig) {
  return createAdminRouter(access, 'command-line', naming).createCaller(access.createContext());
}
