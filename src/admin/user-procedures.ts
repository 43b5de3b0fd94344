import { userInput, userSearchInput } from './admin-inputs.ts';
import type { AdminProcedures } from './admin-procedures.ts';
import type { UserView } from './admin-views.ts';
import type { UserDirectory } from './user-directory.ts';

export function createUserProcedures({ query }: AdminProcedures, users: UserDirectory) {
  return {
    get: query.input(userInput).query(async function getUser({ input }): Promise<UserView> {
      return users.toView(await users.get(input.user));
    }),

    search: query.input(userSearchInput).query(async function searchUsers({ input }): Promise<UserView[]> {
      return (await users.search(input.search, input.limit)).map(users.toView);
    }),
  };
}
