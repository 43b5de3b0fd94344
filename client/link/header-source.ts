import type { Epoch } from '../session/epoch.ts';
import type { SessionStore } from '../session/session-store.ts';
import type { MarkedOperation, SharedConnection } from './call-mark.ts';
import type { DurinHeaders, HeadersSource } from './headers.ts';

/** @param scheme the first word of the Authorization header. Empty: the browser sends a cookie instead. */
export function tokenHeaders(epoch: Epoch, scheme: string): DurinHeaders {
  const token = epoch.token();
  return token && scheme ? { authorization: `${scheme} ${token}` } : {};
}

/** Returns the epoch whose token a call is to be sent with, and marks the call as sent with that token. */
export function chooseEpoch({ durin: mark }: MarkedOperation, store: SessionStore): Epoch {
  if (!mark) return store.state.epoch;
  mark.sentIn = mark.epoch;
  return mark.epoch;
}

/**
 * Creates the option `headers` of the links that send.
 * @param connection receives the epoch of a connection that reads headers for all of its calls
 */
export function createHeaderSource(store: SessionStore, scheme: string, connection: SharedConnection) {
  return function headers({ op, opList = op && [op] }: HeadersSource = {}): DurinHeaders {
    const [epoch = store.state.epoch, ...others] = new Set(opList?.map((each) => chooseEpoch(each, store)));
    if (others[0]) throw new Error('Mixed sessions in a batch.'); // and the link sends none of the calls
    if (!opList) connection.epoch = epoch;
    return tokenHeaders(epoch, scheme);
  };
}
