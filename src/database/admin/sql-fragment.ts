/** A part of a statement, and the parameters of its `?`. */
export interface SqlFragment {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** @param conditions at least one */
export function allOf(conditions: readonly SqlFragment[]): SqlFragment {
  return {
    sql: conditions.map(({ sql }) => sql).join(' and '),
    parameters: conditions.flatMap(({ parameters }) => parameters),
  };
}

/** The first rows of a relation that meet the conditions. Its columns are those of `t`. */
export function selectFirst(
  from: SqlFragment,
  where: readonly SqlFragment[],
  order: string,
  limit: number,
): SqlFragment {
  const { sql, parameters } = allOf(where);
  return {
    sql: `(select * from ${from.sql} t where ${sql} ${order} limit ?)`,
    parameters: [...from.parameters, ...parameters, limit],
  };
}

/** The first rows of several selects, each of which is sorted and limited the same way. */
export function selectFirstOfAll(selects: readonly SqlFragment[], order: string, limit: number): SqlFragment {
  const [first] = selects;
  if (first !== undefined && selects.length === 1) return first;
  const all = selects.map(({ sql }) => sql).join(' union all ');
  const parameters = selects.flatMap((fragment) => fragment.parameters);
  return { sql: `(select * from (${all}) t ${order} limit ?)`, parameters: [...parameters, limit] };
}
