import { type RefObject, useEffect, useRef } from 'react';

/** Focuses an element when it appears, so that keyboards continue from there and screen readers announce it. */
export function useFocusOnMount<T extends HTMLElement>(takesFocus = true): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    if (takesFocus) element.current?.focus();
  }, [takesFocus]);
  return element;
}
