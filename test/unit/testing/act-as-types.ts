// The types of the kit: compiles, or does not. None of it runs.
import { initTRPC } from '@trpc/server';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { actAs, createTestDurin } from '../../../src/testing/index.ts';
import { clients, durin, required, type User } from '../../types/cases/app.ts';
import { same } from '../../types/cases/same.ts';

declare const entity: User;

const scoped = createDurin({ ...required, clients, scopes: ['read', 'write'] });
const t = initTRPC.context<DurinContext>().create();
const router = t.router({ me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });

// A user is an entity, or the primary key and any of what `ctx.user` shows.
actAs(durin, entity);
actAs(durin, { id: 1, username: 'alice' }, { client: 'cli', authenticatedAt: null });
actAs(durin, { id: 1 });
// @ts-expect-error: the primary key is missing
actAs(durin, { username: 'alice' });
// @ts-expect-error: the key has another type
actAs(durin, { id: '1' });
// @ts-expect-error: there is no such column
actAs(durin, { id: 1, usernam: 'alice' });
// @ts-expect-error: there is no such client
actAs(durin, { id: 1 }, { client: 'wbe' });
actAs(scoped, { id: 1 }, { scopes: ['read'] });
// @ts-expect-error: there is no such scope
actAs(scoped, { id: 1 }, { scopes: ['raed'] });
// @ts-expect-error: the app has no scopes
actAs(durin, { id: 1 }, { scopes: ['read'] });

// The caller is that of the router, and asks for what else its context has.
const session = actAs(durin, { id: 1 });
same<ReturnType<ReturnType<typeof session.caller<typeof router>>['me']>, Promise<string>>();
session.caller(router);
const withMore = initTRPC.context<DurinContext & { posts: string[] }>().create().router({});
session.caller(withMore, { posts: [] });
// @ts-expect-error: the router's context has `posts`
session.caller(withMore);
// @ts-expect-error: of another type
session.caller(withMore, { posts: 1 });

// A test's durin has the types of the app.
const own = await createTestDurin({ entities: [], create: (orm) => createDurin({ ...required, orm, clients }) });
actAs(own.durin, { id: 1 }, { client: 'cli' });
// @ts-expect-error: there is no such client
actAs(own.durin, { id: 1 }, { client: 'wbe' });
const sample = await createTestDurin();
actAs(sample.durin, { id: 1, username: 'alice', isActive: false }, { client: 'web' });
sample.orm.em.fork().create(sample.entities.User, { username: 'alice', password: null });
