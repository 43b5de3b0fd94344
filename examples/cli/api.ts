/** The API of the server. Only its type is imported: the program contains no server code. */
export type { AppRouter } from '../quickstart/router.ts';
