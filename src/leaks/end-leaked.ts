import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { EventSink } from '../events.ts';
import type { TokenRevoker } from '../tokens/revoke-tokens.ts';
import type { TokenCodec } from '../tokens/token-codec.ts';
import { toTokenEvent } from '../tokens/token-event.ts';
import type { Finding } from './leak-report.ts';

/** The answer to a finding, in the form of GitHub's partner program. */
export interface Verdict {
  readonly token_raw: string;
  readonly token_type: string;
  readonly label: 'true_positive' | 'false_positive';
}

/** Ends the tokens among the findings, and returns a verdict on each finding, in their order. */
export type EndLeaked = (findings: readonly Finding[]) => Promise<Verdict[]>;

export interface EndLeakedDeps {
  readonly codec: Pick<TokenCodec, 'selectorOf'>;
  readonly revoker: Pick<TokenRevoker, 'revokeBySelector'>;
  readonly events: EventSink;
  readonly bounded: BoundedByTimeout;
}

/** A finding whose MAC is right. */
interface Leak {
  readonly finding: Finding;
  readonly selector: string;
}

export function createEndLeaked({ codec, revoker, events, bounded }: EndLeakedDeps): EndLeaked {
  function toLeak(finding: Finding): Leak | null {
    const selector = codec.selectorOf(finding.token);
    return selector === null ? null : { finding, selector };
  }

  /** Emits nothing if the token has ended already, as in an earlier report. */
  async function end({ finding: { type, url, source }, selector }: Leak): Promise<void> {
    const ended = await revoker.revokeBySelector(selector, 'leaked');
    if (ended !== null) events.emit('tokenLeaked', { ...toTokenEvent(ended), type, url, source });
  }

  return async function endLeaked(findings) {
    const leaks = findings.map(toLeak);
    for (const leak of firstOfEach(leaks)) await bounded(() => end(leak));
    return findings.map(({ token, type }, index) => ({
      token_raw: token,
      token_type: type,
      label: leaks[index] === null ? 'false_positive' : 'true_positive',
    }));
  };
}

/** GitHub reports a token for each place where it was found. */
function firstOfEach(leaks: readonly (Leak | null)[]): Iterable<Leak> {
  const bySelector = new Map<string, Leak>();
  for (const leak of leaks) if (leak !== null && !bySelector.has(leak.selector)) bySelector.set(leak.selector, leak);
  return bySelector.values();
}
