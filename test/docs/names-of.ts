/** The names of a type's members. The compiler refuses a list that leaves one out. */
export const namesOf = <T extends object>(names: Record<keyof T, true>) => Object.keys(names).toSorted();
