import { durin, orm } from './auth.ts';

// As the section on hot reload in docs/operations.md has it.

const globals = globalThis as typeof globalThis & { opened?: { durin: typeof durin; orm: typeof orm } };
const before = globals.opened;
globals.opened = { durin, orm };
if (before !== undefined && before.durin !== durin) {
  await before.durin.close();
  await before.orm.close();
}
