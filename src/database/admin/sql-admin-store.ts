import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { AdminStore } from './admin-store.ts';
import { createSelectClients } from './select-clients.ts';
import { createSelectTokens } from './select-tokens.ts';
import { createSelectUsage } from './select-usage.ts';
import { createSelectUsers } from './select-users.ts';

/** The admin store on PostgreSQL. */
export function createSqlAdminStore(database: Database, schema: Schema): AdminStore {
  return {
    ...createSelectClients(database, schema),
    ...createSelectTokens(database, schema),
    ...createSelectUsers(database, schema),
    ...createSelectUsage(database, schema),
  };
}
