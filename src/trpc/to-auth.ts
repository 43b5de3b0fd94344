import { inspect } from 'node:util';
import type { Auth, CallAuth, SessionRecord } from '../session.ts';
import { isExpired, timeLeft } from '../values/expiry.ts';
import { isolatedCopy } from '../values/isolated-copy.ts';
import { createIsolatedViews } from '../values/isolated-views.ts';

/**
 * Creates the function that shows a session as `ctx.auth`. Requests that share a record share its view too, because a copy
 * for each would take a quarter of a cached look-up. The view cannot be changed: its fields are computed when they are read,
 * and dates, and what contains dates or bytes, are copied then; the user is such a view as well. The time left is the time left at that moment.
 * @param endedOf returns the signal of the calls that show this record
 */
export function createToAuth(
  now: () => number,
  scopesOf: (record: SessionRecord) => readonly string[],
  endedOf: (record: SessionRecord) => AbortSignal,
): (record: SessionRecord) => CallAuth {
  const userOf = createIsolatedViews();
  const views = new WeakMap<SessionRecord, CallAuth>();
  const records = new WeakMap<object, SessionRecord>();

  /** A field that is computed from the view's record. All views have the same getters, and so the same shape. */
  function field(compute: (record: SessionRecord) => unknown): PropertyDescriptor {
    return {
      enumerable: true,
      get(this: object) {
        const record = records.get(this);
        return record && compute(record);
      },
    };
  }

  const fields = {
    user: field(({ user }) => userOf(user)),
    client: field(({ client }) => isolatedCopy(client)),
    scopes: field(scopesOf),
    created: field(({ createdAt }) => isolatedCopy(createdAt)),
    expiry: field(({ expiresAt }) => isolatedCopy(expiresAt)),
    hasExpired: field(({ expiresAt }) => isExpired(expiresAt, now())),
    expiresIn: field(({ expiresAt }) => timeLeft(expiresAt, now())),
    /** Not copied or sent with the others. */
    ended: { ...field(endedOf), enumerable: false },
    /** Logs the values. Node would log that there are getters. */
    [inspect.custom]: {
      value(this: Auth) {
        return { ...this };
      },
    },
  };

  return function toAuth(record) {
    const known = views.get(record);
    if (known !== undefined) return known;
    const view = Object.freeze(Object.defineProperties({ id: record.id } as CallAuth, fields));
    records.set(view, record);
    views.set(record, view);
    return view;
  };
}
