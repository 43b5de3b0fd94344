import type { DataProvider, GetListParams, Identifier, RaRecord } from 'react-admin';
import { toHttpError } from './call-error.ts';
import { clients } from './clients.ts';
import type { ResourceCalls } from './resource-calls.ts';
import { createTokens } from './tokens.ts';

/** The calls of each of react-admin's resources. */
const resources: Readonly<Record<string, ResourceCalls<RaRecord, never>>> = { clients, tokens: createTokens() };

function callsOf(resource: string): ResourceCalls<RaRecord, never> {
  const calls = resources[resource];
  if (calls === undefined) throw new Error(`There is no resource ${resource}.`);
  return calls;
}

function unused(): Promise<never> {
  return Promise.reject(new Error('The page does not use this method.'));
}

async function withHttpErrors<T>(work: Promise<T> | undefined): Promise<T> {
  try {
    return await (work ?? unused());
  } catch (error) {
    throw toHttpError(error);
  }
}

/** Maps react-admin's calls to the admin router. The cast is needed because its types allow any record for any resource. */
export const dataProvider = {
  getList: (resource: string, params: GetListParams) => withHttpErrors(callsOf(resource).getList(params)),
  getOne: async (resource: string, { id }: { id: Identifier }) => ({
    data: await withHttpErrors(callsOf(resource).getOne(id)),
  }),
  getMany: async (resource: string, { ids }: { ids: Identifier[] }) => ({
    data: await withHttpErrors(Promise.all(ids.map((id) => callsOf(resource).getOne(id)))),
  }),
  create: async (resource: string, { data }: { data: never }) => ({
    data: await withHttpErrors(callsOf(resource).create?.(data)),
  }),
  update: async (
    resource: string,
    { id, data, previousData }: { id: Identifier; data: never; previousData: RaRecord },
  ) => ({
    data: await withHttpErrors(callsOf(resource).update?.(id, data, previousData)),
  }),
  delete: async (resource: string, { id }: { id: Identifier }) => {
    await withHttpErrors(callsOf(resource).delete?.(id));
    return { data: { id } };
  },
  getManyReference: unused,
  updateMany: unused,
  deleteMany: unused,
} as unknown as DataProvider;
