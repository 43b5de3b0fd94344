import { createAdminRouter } from '../admin/admin-router.ts';
import type { CliConfig } from './local/load-config.ts';

/** The procedures of the admin router, without a check of the caller, who has the app's config and so its database. */
export type AdminCaller = ReturnType<typeof createAdminCaller>;

export function createAdminCaller({ internals, ...naming }: CliConfig) {
  return createAdminRouter(internals, 'command-line', naming).createCaller(internals.createContext());
}
