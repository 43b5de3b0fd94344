import { EntitySchema } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { createDurin, DurinUsageError, defineDurinEntities } from '../../../src/index.ts';
import { secret } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

// The type of `ctx.user` has the getters of the user's class, and their value was `undefined`.

class Team {
  declare id: number;
  declare label: string;
}
abstract class Named {
  declare firstName: string;
  declare lastName: string;
  get fullName(): string {
    return `${this.firstName} ${this.lastName}`;
  }
}
class User extends Named {
  declare id: number;
  declare passwordHash: string;
  declare status: string;
  declare team: Team;
  get isActive(): boolean {
    return this.status !== 'banned';
  }
  get badge(): string {
    return `${this.initials()} of ${this.fullName}`;
  }
  get hasPassword(): boolean {
    return this.passwordHash !== '';
  }
  get teamLabel(): string {
    return this.team.label;
  }
  initials(): string {
    return this.firstName.slice(0, 1);
  }
}
const TeamSchema = new EntitySchema({
  class: Team,
  properties: { id: { type: 'integer', primary: true }, label: { type: 'string' } },
});
const UserSchema = new EntitySchema({
  class: User,
  properties: {
    id: { type: 'integer', primary: true },
    firstName: { type: 'string' },
    lastName: { type: 'string' },
    passwordHash: { type: 'string', hidden: true },
    status: { type: 'string', default: 'active' },
    team: { kind: 'm:1', entity: () => Team },
    fullName: { type: 'string', persist: false, getter: true },
  } as never, // the type wants a property for each getter
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });

test('a getter is computed from what look-ups read, and throws otherwise', async () => {
  const orm = await openDatabase({ entities: [TeamSchema, UserSchema, Client, AuthToken] });
  try {
    const em = orm.em.fork();
    const team = em.create(Team, { label: 'red' });
    const user = em.create(User, { firstName: 'Ada', lastName: 'Byron', passwordHash: 'x', team } as never);
    await em.flush();
    const options = {
      orm,
      entities: { User, Client, AuthToken },
      secret,
      clients: { web: {} },
      verifyCredentials: () => null,
    };
    const durin = createDurin(options);
    await durin.clients.sync();
    const { token, auth } = await durin.tokens.issue({ user, client: 'web' });
    expect(auth.user).toMatchObject({ fullName: 'Ada Byron', badge: 'A of Ada Byron', isActive: true });
    expect(() => auth.user.hasPassword).toThrow(DurinUsageError);
    expect(() => auth.user.hasPassword).toThrow('User.hasPassword reads passwordHash, which look-ups do not read');
    expect(() => auth.user.teamLabel).toThrow('User.teamLabel reads team');
    const columns = { id: user.id, firstName: 'Ada', lastName: 'Byron', status: 'active', team: team.id };
    expect({ ...auth.user }).toEqual(columns);

    const joined = createDurin({ ...options, populate: ['user.team'] });
    expect((await joined.authenticate(token)).user.teamLabel).toBe('red');
    const bare = createDurin({ ...options, populate: false });
    expect((await bare.authenticate(token)).user).toEqual({ id: user.id });

    await orm.em.getConnection('write').execute('update "user" set status = \'banned\'');
    await expect(durin.authenticate(token)).rejects.toThrow('User inactive or deleted.');
    await expect(bare.authenticate(token)).rejects.toThrow('User inactive or deleted.');
  } finally {
    await closeDatabase(orm);
  }
});
