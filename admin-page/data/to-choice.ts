/** The choice of a value that is its own name, such as a client. */
export const toChoice = (name: string) => ({ id: name, name });
