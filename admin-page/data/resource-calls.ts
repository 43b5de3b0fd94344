import type { GetListParams, GetListResult, Identifier, RaRecord } from 'react-admin';

/** The calls of one resource. Optional ones are those that the page does not use for every resource. */
export interface ResourceCalls<TRecord extends RaRecord, TValues = Partial<TRecord>> {
  getList(params: GetListParams): Promise<GetListResult<TRecord>>;
  getOne(id: Identifier): Promise<TRecord>;
  create?(values: TValues): Promise<TRecord>;
  /** @param previous the record before editing: only values that differ from it are sent */
  update?(id: Identifier, values: TValues, previous: TRecord): Promise<TRecord>;
  delete?(id: Identifier): Promise<void>;
}
