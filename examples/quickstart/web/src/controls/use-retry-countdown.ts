import { useEffect, useState } from 'react';
import { durinErrorOf } from 'trpc-durin/client';

/** Counts down the seconds until a throttled call may be tried again. `undefined`: the call was not throttled. */
export function useRetryCountdown(error: unknown): number | undefined {
  const seconds = durinErrorOf(error)?.retryAfter;
  const [shown, setShown] = useState({ error, since: 0, now: 0 });
  if (shown.error !== error) setShown({ error, since: 0, now: 0 }); // each error has a countdown of its own

  useEffect(() => {
    if (seconds === undefined) return undefined;
    const since = Date.now();
    const timer = setInterval(() => {
      const now = Date.now();
      setShown({ error, since, now });
      if (now - since >= seconds * 1000) clearInterval(timer);
    }, 1000);
    return () => clearInterval(timer);
  }, [error, seconds]);

  return seconds && Math.max(Math.ceil(seconds - (shown.now - shown.since) / 1000), 0);
}
