import type { EntityMetadata, MikroORM } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import { auditTrigger } from '../records/audit-triggers.ts';

/**
 * Finds the entity of the audit. `null`: the tokens are not audited.
 * @throws DurinUsageError if they are, and the ORM does not know the entity: then no migration creates its table
 */
export function findAudit(orm: MikroORM, tokenMeta: EntityMetadata): EntityMetadata | null {
  if (!tokenMeta.triggers.some(({ name }) => name === auditTrigger)) return null;
  const audit = findBeside(orm, tokenMeta, 'Audit');
  if (audit !== null) return audit;
  throw new DurinUsageError(
    'MikroORM.init: entities must contain DurinAudit, since defineDurinEntities was called with audit',
  );
}

/** Finds an entity of the same `defineDurinEntities` by the end of its name. `null`: the ORM does not know it. */
export function findBeside(orm: MikroORM, tokenMeta: EntityMetadata, name: 'Audit' | 'Usage'): EntityMetadata | null {
  const className = tokenMeta.className.replace(/AuthToken$/, name);
  return [...orm.getMetadata().getAll().values()].find((meta) => meta.className === className) ?? null;
}
