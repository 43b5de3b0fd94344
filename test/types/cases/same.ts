/** Whether two types are one and the same, `any`, `readonly` and optional marks included. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- two functions over T are the same only if A and B are
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only if the two types are the same. */
export declare function same<A, B>(...proof: Same<A, B> extends true ? [] : [differs: { is: A; shouldBe: B }]): void;
