import { useEffect, useRef } from 'react';

/** Ignores a second start while the first is running. A second click can come before React has rendered `isBusy`. */
export function useSingleStart(isBusy: boolean): (start: () => void) => void {
  const isRunning = useRef(false);
  useEffect(() => {
    isRunning.current = isBusy;
  });
  return (start) => {
    if (isRunning.current) return;
    isRunning.current = true;
    start();
  };
}
