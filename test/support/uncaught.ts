import { afterAll, beforeAll } from 'vitest';

/** Notes, while a file's tests run, whatever nobody catches; a server would end of it. */
export function noteUncaught(): readonly unknown[] {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => void uncaught.push(error);
  beforeAll(() => void process.on('unhandledRejection', note).on('uncaughtException', note));
  afterAll(() => void process.off('unhandledRejection', note).off('uncaughtException', note));
  return uncaught;
}
