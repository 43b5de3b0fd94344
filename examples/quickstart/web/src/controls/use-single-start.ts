import { useEffect, useRef } from 'react';

/** Starts a thing, unless it is under way. A second click may come before the page is drawn with `isBusy`. */
export function useSingleStart(isBusy: boolean): (start: () => void) => void {
  const isUnderWay = useRef(false);
  useEffect(() => {
    isUnderWay.current = isBusy;
  });
  return (start) => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    start();
  };
}
