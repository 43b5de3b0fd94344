import type { AdminStore } from '../database/admin/admin-store.ts';
import type { UsageStore } from '../database/records/usage-store.ts';
import { callsByDay } from '../records/durin-usage.ts';
import { lastDays } from '../records/usage-days.ts';
import { secondsPer } from '../values/units.ts';
import { activeUsersInput, daysInput, usageDaysInput } from './admin-inputs.ts';
import type { AdminProcedures } from './admin-procedures.ts';
import type { ActiveUserView, CallDay, ClientCallsView, ClientUsage, UsageDay, UserView } from './admin-views.ts';
import type { UserDirectory } from './user-directory.ts';

const dayMs = secondsPer.d * 1000;

/** @param calls the counts of calls; `null`: they are not counted */
export function createUsageProcedures(
  { query }: AdminProcedures,
  store: AdminStore,
  calls: UsageStore | null,
  users: UserDirectory,
  now: () => number,
) {
  return {
    clients: query.query(async function usageOfClients(): Promise<ClientUsage[]> {
      const at = now();
      const usage = await store.usageOfClients([1, 7, 30].map((days) => new Date(at - days * dayMs)));
      return usage.map(({ client, tokens, usedSince: [activeDay = 0, activeWeek = 0, activeMonth = 0] }) => ({
        client,
        tokens,
        activeDay,
        activeWeek,
        activeMonth,
      }));
    }),

    /** Includes days without any use. */
    overTime: query.input(usageDaysInput).query(async function usageOverTime({ input }): Promise<UsageDay[]> {
      const today = Math.floor(now() / dayMs) * dayMs;
      const start = today - (input.days - 1) * dayMs;
      const found = await store.usageByDay(input.client ?? null, new Date(start));
      const byDay = new Map(found.map((usage) => [usage.day, usage]));
      return Array.from({ length: input.days }, (_, index) => {
        const day = new Date(start + index * dayMs).toISOString().slice(0, 10);
        return byDay.get(day) ?? { day, issued: 0, lastUsed: 0 };
      });
    }),

    calls: query.input(usageDaysInput).query(async function callsOfDays({ input }): Promise<CallDay[] | null> {
      const days = lastDays(input.days, now());
      return calls === null ? null : callsByDay(calls, input.client ?? null, days);
    }),

    callsByClient: query.input(daysInput).query(async function callsOfClients({
      input,
    }): Promise<ClientCallsView[] | null> {
      const [since = ''] = lastDays(input.days, now());
      return calls === null ? null : calls.byClient(since);
    }),

    activeUsers: query.input(activeUsersInput).query(async function mostActiveUsers({
      input,
    }): Promise<ActiveUserView[] | null> {
      if (calls === null) return null;
      const [since = ''] = lastDays(input.days, now());
      const found = await calls.byUser(input.client ?? null, since, input.limit);
      const named = await users.viewsOf(found.map(({ userId }) => userId));
      return found.map(({ userId, calls: count }) => ({ user: named(userId) as UserView, calls: count }));
    }),
  };
}
