/** A row as the driver returns it. A `Projection` names its columns `c0`, `c1`, … */
export type Row = Readonly<Record<string, unknown>>;
