import { defineEntity, p } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { secret } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

// In single-table inheritance, a durin of customers issued tokens to employees, who are rows of the same table.

const Person = defineEntity({
  name: 'Person',
  abstract: true,
  discriminatorColumn: 'kind',
  properties: { id: p.integer().primary(), kind: p.enum(['customer', 'vip', 'employee']) },
});
const Customer = defineEntity({ name: 'Customer', extends: Person, discriminatorValue: 'customer', properties: {} });
const Vip = defineEntity({ name: 'Vip', extends: Customer, discriminatorValue: 'vip', properties: {} });
const Employee = defineEntity({ name: 'Employee', extends: Person, discriminatorValue: 'employee', properties: {} });
const { Client, AuthToken } = defineDurinEntities({ user: () => Customer });

test('a durin of customers knows customers and their subclasses', async () => {
  const orm = await openDatabase({ entities: [Person, Customer, Vip, Employee, Client, AuthToken] });
  try {
    const durin = createDurin({
      orm,
      entities: { User: Customer, Client, AuthToken },
      secret,
      clients: { web: {} },
      verifyCredentials: () => null,
    });
    await durin.clients.sync();
    const em = orm.em.fork();
    const [customer, vip, employee] = [em.create(Customer, {}), em.create(Vip, {}), em.create(Employee, {})];
    await em.flush();
    const issueTo = (user: number) => durin.tokens.issue({ user, client: 'web' });
    expect((await issueTo(customer.id)).auth.user).toEqual({ id: customer.id, kind: 'customer' });
    await expect(issueTo(employee.id)).rejects.toThrow('there is no such user');

    const { token } = await issueTo(vip.id);
    expect((await durin.authenticate(token)).user).toEqual({ id: vip.id, kind: 'vip' });
    await orm.em.fork().getConnection('write').execute("update person set kind = 'employee' where kind = 'vip'");
    await expect(durin.authenticate(token)).rejects.toThrow('Invalid token.');
  } finally {
    await closeDatabase(orm);
  }
});
