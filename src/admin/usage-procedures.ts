import type { AdminStore } from '../database/admin/admin-store.ts';
import { secondsPer } from '../values/units.ts';
import { usageDaysInput } from './admin-inputs.ts';
import type { AdminProcedures } from './admin-procedures.ts';
import type { ClientUsage, UsageDay } from './admin-views.ts';

const dayMs = secondsPer.d * 1000;

export function createUsageProcedures({ query }: AdminProcedures, store: AdminStore, now: () => number) {
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
  };
}
