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

/** What a durin offers against leaked tokens. */
export interface LeakDetection {
  /**
   * Creates the handler of GitHub's reports of leaked tokens (secret scanning partner program), for fetch servers and for
   * node:http. It needs the raw body: route it before body parsers. Once a report's signature is verified, the tokens in it
   * that this durin has signed are revoked, and `tokenLeaked` is emitted for each.
   * @param options.publicKey returns GitHub's public key with an identifier, as PEM or KeyObject, or `null`
   * @param options.onError receives the errors of reports that are answered with a 5xx status. Default: `console.error`
   * @throws DurinUsageError naming the option that is unknown, missing or wrong
   * @example
   * const leaks = durin.leaks({ publicKey: async (keyId) => (await githubKeys()).get(keyId) ?? null });
   * app.post('/leaks', leaks); // Express, before express.json()
   */
  readonly leaks: CreateLeaks;
  /**
   * Matches this durin's tokens within a text, for the configuration of secret scanners. It has no flags: its `source` is also
   * valid in RE2 and Hyperscan. Set `tokenPrefix`, or it matches every SHA-256 in hex.
   * @example durin.tokenPattern.source // \bacme_[0-9a-f]{64}\b
   */
  readonly tokenPattern: RegExp;
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
