import { createDurin } from '../../../src/index.ts';
import { clients, durin, required } from './app.ts';
import { same } from './same.ts';

// `ctx.user`: columns, but none that is hidden or lazy; a relation that is not populated is its key.
durin.authedProcedure.query(({ ctx }) => {
  same<
    typeof ctx.user,
    {
      readonly id: number;
      readonly username: string;
      readonly birthday: Date | null;
      readonly organization: number | null;
    }
  >();
  same<typeof ctx.auth.user, typeof ctx.user>();
  // @ts-expect-error: a hidden column is never read
  void ctx.user.passwordHash;
  // @ts-expect-error: a lazy column is not read
  void ctx.user.biography;
  // @ts-expect-error: a collection is not read
  void ctx.user.friends;
  // @ts-expect-error: read-only
  ctx.user.username = 'mallory';
  // @ts-expect-error: read-only
  ctx.auth.client = { ...ctx.auth.client };
  // @ts-expect-error: read-only
  ctx.auth.client.name = 'web';
  // @ts-expect-error: read-only
  ctx.auth.expiry = null;
});

durin.authedProcedure.query(({ ctx }) => {
  same<
    keyof typeof ctx.auth,
    'id' | 'user' | 'client' | 'scopes' | 'created' | 'expiry' | 'hasExpired' | 'expiresIn' | 'ended'
  >();
  same<typeof ctx.auth.ended, AbortSignal>();
  same<typeof ctx.auth.id, string>();
  same<typeof ctx.auth.created, Date>();
  same<typeof ctx.auth.expiry, Date | null>();
  same<typeof ctx.auth.hasExpired, boolean>();
  same<typeof ctx.auth.expiresIn, string>();
  same<keyof typeof ctx.auth.client, 'id' | 'name' | 'tokenTtl' | 'throttleRate'>();
  same<typeof ctx.auth.client.id, number>();
  same<typeof ctx.auth.client.tokenTtl, number | null>();
  same<typeof ctx.auth.client.throttleRate, string | null>();
});

// `populate`: a nested object for each path that it names.
const populated = createDurin({ ...required, clients, populate: ['user.organization'] });
populated.authedProcedure.query(({ ctx }) => {
  const organization = ctx.user.organization;
  same<keyof NonNullable<typeof organization>, 'id' | 'name' | 'country'>();
  same<NonNullable<typeof organization>['name'], string>();
  same<NonNullable<typeof organization>['country'], string>();
  same<null extends typeof organization ? true : false, true>();
  // @ts-expect-error: it may be null
  void organization.name;
  // @ts-expect-error: a hidden column is not read, also not of a relation
  void organization?.taxNumber;
  // @ts-expect-error: a hidden column is not read, also not beside what is populated
  void ctx.user.passwordHash;
});

const deep = createDurin({ ...required, populate: ['user', 'user.organization.country', 'client'] });
deep.authedProcedure.query(({ ctx }) => {
  same<NonNullable<typeof ctx.user.organization>['country']['name'], string>();
  same<typeof ctx.user.username, string>();
});

// Without the user, its key alone.
for (const bare of [
  createDurin({ ...required, populate: false }),
  createDurin({ ...required, populate: ['client'] }),
  createDurin({ ...required, populate: [] }),
])
  bare.authedProcedure.query(({ ctx }) => same<typeof ctx.user, { readonly id: number }>());

// @ts-expect-error: no such relation
createDurin({ ...required, populate: ['user.nonsense'] });
// @ts-expect-error: no such relation, one deeper
createDurin({ ...required, populate: ['user.organization.nonsense'] });
// @ts-expect-error: a column is no relation
createDurin({ ...required, populate: ['user.username'] });
// @ts-expect-error: a list of rows is not joined
createDurin({ ...required, populate: ['user.friends'] });
// @ts-expect-error: paths begin with user or client
createDurin({ ...required, populate: ['organization'] });
// @ts-expect-error: to populate nothing is false
createDurin({ ...required, populate: true });
