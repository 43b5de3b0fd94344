import type { GetListParams, GetListResult, Identifier, RaRecord } from 'react-admin';

/** What the page can do with the rows of one kind; what is left out is not done with them. */
export interface ResourceCalls<TRecord extends RaRecord, TValues = Partial<TRecord>> {
  getList(params: GetListParams): Promise<GetListResult<TRecord>>;
  getOne(id: Identifier): Promise<TRecord>;
  create?(values: TValues): Promise<TRecord>;
  update?(id: Identifier, values: TValues): Promise<TRecord>;
  delete?(id: Identifier): Promise<void>;
}
