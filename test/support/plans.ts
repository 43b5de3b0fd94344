import type { MikroORM } from '@mikro-orm/core';
import type { Statement } from './statement-tap.ts';

/** A step of an execution plan. */
export interface PlanStep {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  /** With `analyze` and `buffers`: blocks of 8 kB, for this step and the steps below it. */
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly Plans?: readonly PlanStep[];
}

interface Native {
  getNativeClient(): Promise<{
    query(sql: string, values: readonly unknown[]): Promise<{ rows: { 'QUERY PLAN': [{ Plan: PlanStep }] }[] }>;
  }>;
}

/**
 * Returns the steps of a statement's plan, starting at the top.
 * @param options further options of `explain`, such as `analyze`, which executes the statement
 */
export async function planOf(orm: MikroORM, { text, values }: Statement, options: string[] = []): Promise<PlanStep[]> {
  const pool = await (orm.em.getDriver().getConnection() as unknown as Native).getNativeClient();
  const { rows } = await pool.query(`explain (${[...options, 'format json'].join(', ')}) ${text}`, values);
  const steps: PlanStep[] = [];
  function visit(step: PlanStep): void {
    steps.push(step);
    for (const inner of step.Plans ?? []) visit(inner);
  }
  visit(rows[0]?.['QUERY PLAN'][0].Plan as PlanStep);
  return steps;
}

/** Returns how the steps read this table and its indexes, such as `Index Scan of durin_auth_token_pkey`. */
export function readsOf(table: string, steps: readonly PlanStep[]): string[] {
  return steps
    .filter((step) => step['Relation Name'] === table || step['Index Name']?.startsWith(table))
    .map((step) => [step['Node Type'], step['Index Name']].filter(Boolean).join(' of '));
}

/** Executes the statement and returns the number of 8 kB blocks that it read, from memory or from disk. */
export async function blocksReadBy(orm: MikroORM, statement: Statement): Promise<number> {
  const [whole] = await planOf(orm, statement, ['analyze', 'buffers']);
  return (whole?.['Shared Hit Blocks'] ?? 0) + (whole?.['Shared Read Blocks'] ?? 0);
}
