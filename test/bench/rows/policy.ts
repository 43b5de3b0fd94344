import { initTRPC } from '@trpc/server';
import type { DurinContext } from '../../../src/index.ts';
import { openBenchApp } from '../bench-app.ts';
import { type Extent, sideBySide, typical } from '../measure.ts';
import { type Row, valueRow } from '../table.ts';

const routers = 50;
const proceduresEach = 20;

/** Listing who may call what, of a thousand procedures in nested routers. */
export async function benchPolicy(url: string, extent: Extent): Promise<Row[]> {
  const { durin, close } = await openBenchApp(url);
  const t = initTRPC.context<DurinContext>().create();
  const builder = t.procedure.concat(durin.guardedProcedure({ scopes: ['reports:read'], fresh: '10m', rate: '9/m' }));
  const group = () => t.router(named('procedure', proceduresEach, () => builder.query(() => 'pong')));
  const router = t.router(named('router', routers, group));
  async function list(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) await durin.policyOf(router);
  }
  const [listed] = await sideBySide({ 'durin.policyOf': list }, extent);
  await close();
  if (listed === undefined) throw new TypeError('there is no such series');
  return [valueRow('`policyOf`, 1,000 procedures', typical(listed) / 1000, { atMost: 20 }, inMilliseconds)];
}

function inMilliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function named<T>(prefix: string, count: number, create: () => T): Record<string, T> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, create()]));
}
