import type { Confirm, createConfirm } from './confirmation.ts';
import { durinErrorOf } from './durin-error.ts';

/**
 * Creates `confirm`, whose code is loaded when the first call needs it: most pages ask nobody. If it cannot be loaded, the
 * call fails with its own refusal.
 * @param parts those of `createConfirm`
 */
export function createLazyConfirm(...parts: Parameters<typeof createConfirm>): Confirm {
  return async function confirm(failure, ...call) {
    if (durinErrorOf(failure)?.code !== 'REAUTHENTICATION_REQUIRED') throw failure;
    const loaded = await import('./confirmation.ts').catch(() => undefined);
    if (!loaded) throw failure;
    return loaded.createConfirm(...parts)(failure, ...call);
  };
}
