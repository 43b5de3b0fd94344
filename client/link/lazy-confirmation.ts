import type { Confirm, createConfirm } from './confirmation.ts';
import { durinErrorOf } from './durin-error.ts';

type Parts = Parameters<typeof createConfirm> extends [...infer TParts, unknown] ? TParts : never;

/**
 * Creates `confirm`, whose code is loaded when the first call needs it: most pages ask nobody. If it cannot be loaded, the
 * call fails with its own refusal.
 * @param parts those of `createConfirm`
 */
export function createLazyConfirm(...parts: Parts): Confirm {
  return function confirm(failure, call) {
    const fail = () => call.fail(failure);
    if (durinErrorOf(failure)?.code !== 'REAUTHENTICATION_REQUIRED') return fail();
    call.isWaiting = true;
    import('./confirmation.ts').then((loaded) => loaded.createConfirm(...parts, durinErrorOf)(failure, call), fail);
  };
}
