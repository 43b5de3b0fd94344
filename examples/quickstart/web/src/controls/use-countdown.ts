import { useEffect, useState } from 'react';

/**
 * Counts down and returns the whole seconds left.
 * @param seconds the length of the countdown. Default: 0
 * @param startedAt the start, in milliseconds since 1970
 */
export function useCountdown(seconds = 0, startedAt = 0): number {
  const [now, setNow] = useState(0);
  const elapsedMs = Math.max(now - startedAt, 0); // the last tick may be older than the start
  const left = Math.max(Math.ceil(seconds - elapsedMs / 1000), 0);
  const isRunning = left > 0;

  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);

  return left;
}
