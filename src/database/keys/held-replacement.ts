/** The columns of a `HeldKey` that are about what a token `t` replaces. */
export const heldReplacement = `to_json(coalesce(t.line, '{}')) as replaces, t.overlap is not null as "isUnused"`;
