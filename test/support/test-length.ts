import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** `npm run test:load` runs fuzz tests and load tests at full length, all other runs a short form of them. */
    testLength: 'short' | 'full';
  }
}

export const testLength = inject('testLength');
