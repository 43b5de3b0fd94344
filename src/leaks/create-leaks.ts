import { DurinUsageError } from '../errors.ts';
import { createEndLeaked, type EndLeakedDeps } from './end-leaked.ts';
import { type FindPublicKey, handleReport } from './handle-report.ts';
import { createLeaksAdapter, type LeaksHandler } from './leaks-adapter.ts';

/** The options of `durin.leaks`. */
export interface LeaksOptions {
  /**
   * Returns the public key with this identifier, as PEM or KeyObject; `null`: there is none, and the report is refused. Anybody
   * can make it be called, with any identifier, so keep the keys for a while. If it throws, or takes more than 10 seconds,
   * the report is answered with 503.
   */
  publicKey: FindPublicKey;
  /** Receives the errors of reports that are answered with a 5xx status. Default: `console.error`. */
  onError?: ((error: unknown) => void) | undefined;
}

/** Creates the handler of reports of leaked tokens. */
export type CreateLeaks = (options: LeaksOptions) => LeaksHandler;

/** GitHub waits for the answer for 30 seconds. */
const publicKeyTimeoutMs = 10_000;

export function createLeaks(deps: EndLeakedDeps): CreateLeaks {
  const endLeaked = createEndLeaked(deps);
  return function leaks(options) {
    const { publicKey, onError = printError } = parseLeaksOptions(options);
    const handling = {
      publicKey,
      publicKeyTimeoutMs,
      endLeaked,
      onError: (error: unknown) => reportSafely(onError, error),
    };
    return createLeaksAdapter((request) => handleReport(handling, request));
  };
}

/** @throws DurinUsageError naming the option that is unknown, missing or wrong */
function parseLeaksOptions(options: LeaksOptions): LeaksOptions {
  const { publicKey, onError, ...unknown } = options ?? {};
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw new DurinUsageError(`durin.leaks: unknown option '${name}'`);
  if (typeof publicKey !== 'function') throw new DurinUsageError('durin.leaks: publicKey must be a function');
  if (onError !== undefined && typeof onError !== 'function')
    throw new DurinUsageError('durin.leaks: onError must be a function');
  return { publicKey, onError };
}

function reportSafely(onError: (error: unknown) => void, error: unknown): void {
  try {
    onError(error);
  } catch (second) {
    console.error(second);
  }
}

function printError(error: unknown): void {
  console.error('A report of leaked tokens failed:', error);
}
