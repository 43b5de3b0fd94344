import type { GetListParams, GetListResult, Identifier, RaRecord } from 'react-admin';

/** What the page can do with the rows of one kind; what is left out is not done with them. */
export interface ResourceCalls<TRecord extends RaRecord, TValues = Partial<TRecord>> {
  getList(params: GetListParams): Promise<GetListResult<TRecord>>;
  getOne(id: Identifier): Promise<TRecord>;
  create?(values: TValues): Promise<TRecord>;
  /** @param before what was edited: only what differs from it is changed */
  update?(id: Identifier, values: TValues, before: TRecord): Promise<TRecord>;
  delete?(id: Identifier): Promise<void>;
}
