import type { Operation } from '@trpc/client';
import type { Epoch } from '../session/epoch.ts';
import type { SessionStore } from '../session/session-store.ts';
import type { CallMark, SharedConnection } from './call-mark.ts';
import type { DurinHeaders, HeadersSource } from './headers.ts';

/** @param scheme the first word of the Authorization header */
export function tokenHeaders(epoch: Epoch | undefined, scheme: string): DurinHeaders {
  const token = epoch?.token();
  return token ? { authorization: `${scheme} ${token}` } : {};
}

/** Returns the epoch whose token a call is to be sent with, and marks the call as sent with that token. */
export function chooseEpoch({ context }: Operation, store: SessionStore): Epoch {
  const mark = context['durin'] as CallMark | undefined;
  if (!mark) return store.state.epoch;
  mark.hasToken = true;
  return mark.epoch;
}

/**
 * Creates the option `headers` of the links that send.
 * @param connection receives the epoch of a connection that reads headers for all of its calls
 */
export function createHeaderSource(store: SessionStore, scheme: string, connection: SharedConnection) {
  return function headers({ op, opList = op && [op] }: HeadersSource = {}): DurinHeaders {
    if (!opList) {
      connection.epoch = store.state.epoch;
      return tokenHeaders(connection.epoch, scheme);
    }
    const epochs = new Set(opList.map((each) => chooseEpoch(each, store)));
    if (epochs.size > 1) throw new Error('Mixed sessions in a batch.'); // and the link sends none of the calls
    const [epoch] = epochs;
    return tokenHeaders(epoch, scheme);
  };
}
