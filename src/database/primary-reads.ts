import type { EntityManager } from '@mikro-orm/core';

/** The part of MikroORM's drivers that chooses a connection: a replica for a read, if there is one. */
interface DriverWithReplicas {
  readonly replicas?: readonly unknown[];
}

/**
 * Makes an entity manager read the primary, and with it the forks that are made of it. MikroORM reads from a replica unless a
 * query says otherwise, and a replica may not know yet that a password has changed or that a user is deactivated.
 *
 * MikroORM 7 has this as an option of a query and of the whole ORM, not of an entity manager. So this one gets a driver that
 * is the ORM's own, except that it knows no replicas.
 */
export function readPrimary(em: EntityManager): EntityManager {
  const driver: object & DriverWithReplicas = em.getDriver();
  if ((driver.replicas ?? []).length === 0) return em;
  const primary: object = Object.create(driver, { replicas: { value: [] } });
  return Object.defineProperty(em, 'driver', { value: primary });
}
