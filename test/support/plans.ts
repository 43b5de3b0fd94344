import type { MikroORM } from '@mikro-orm/core';
import type { Statement } from './statement-tap.ts';

/** A step of how PostgreSQL executes a statement. */
export interface PlanStep {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  /** With `analyze`: of 8 kB, of this step and those below it. */
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
 * The steps of a statement, the last first.
 * @param options what else `explain` is to do, such as `analyze`, which executes the statement
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

/** How the steps read this table and its indexes, such as `Index Scan of durin_auth_token_pkey`. */
export function readsOf(table: string, steps: readonly PlanStep[]): string[] {
  return steps
    .filter((step) => step['Relation Name'] === table || step['Index Name']?.startsWith(table))
    .map((step) => [step['Node Type'], step['Index Name']].filter(Boolean).join(' of '));
}

/** The blocks of 8 kB that executing it reads, in the database's memory or not. */
export async function blocksReadBy(orm: MikroORM, statement: Statement): Promise<number> {
  const [whole] = await planOf(orm, statement, ['analyze', 'buffers']);
  return (whole?.['Shared Hit Blocks'] ?? 0) + (whole?.['Shared Read Blocks'] ?? 0);
}
