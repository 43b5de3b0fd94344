import { useEffect, useState } from 'react';

/**
 * The whole seconds that are left.
 * @param seconds how long it is to take; nothing: there is nothing to wait for
 * @param startedAt in milliseconds since 1970
 */
export function useCountdown(seconds = 0, startedAt = 0): number {
  const [now, setNow] = useState(0);
  const passedMs = Math.max(now - startedAt, 0); // the last tick may be older than the start
  const left = Math.max(Math.ceil(seconds - passedMs / 1000), 0);
  const isRunning = left > 0;

  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);

  return left;
}
