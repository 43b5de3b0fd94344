import type { DataProvider, GetListParams, Identifier, RaRecord } from 'react-admin';
import { toHttpError } from './call-error.ts';
import { clients } from './clients.ts';
import type { ResourceCalls } from './resource-calls.ts';
import { createTokens } from './tokens.ts';

/** The rows that react-admin keeps, by resource. */
const resources: Readonly<Record<string, ResourceCalls<RaRecord, never>>> = { clients, tokens: createTokens() };

function callsOf(resource: string): ResourceCalls<RaRecord, never> {
  const calls = resources[resource];
  if (calls === undefined) throw new Error(`There is no resource ${resource}.`);
  return calls;
}

function unused(): Promise<never> {
  return Promise.reject(new Error('The page does not do this.'));
}

async function told<T>(work: Promise<T> | undefined): Promise<T> {
  try {
    return await (work ?? unused());
  } catch (error) {
    throw toHttpError(error);
  }
}

/** react-admin's way to the admin router. Its own types take any record for any resource: hence the cast. */
export const dataProvider = {
  getList: (resource: string, params: GetListParams) => told(callsOf(resource).getList(params)),
  getOne: async (resource: string, { id }: { id: Identifier }) => ({ data: await told(callsOf(resource).getOne(id)) }),
  getMany: async (resource: string, { ids }: { ids: Identifier[] }) => ({
    data: await told(Promise.all(ids.map((id) => callsOf(resource).getOne(id)))),
  }),
  create: async (resource: string, { data }: { data: never }) => ({
    data: await told(callsOf(resource).create?.(data)),
  }),
  update: async (
    resource: string,
    { id, data, previousData }: { id: Identifier; data: never; previousData: RaRecord },
  ) => ({
    data: await told(callsOf(resource).update?.(id, data, previousData)),
  }),
  delete: async (resource: string, { id }: { id: Identifier }) => {
    await told(callsOf(resource).delete?.(id));
    return { data: { id } };
  },
  getManyReference: unused,
  updateMany: unused,
  deleteMany: unused,
} as unknown as DataProvider;
