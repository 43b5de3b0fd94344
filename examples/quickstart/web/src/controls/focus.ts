import { type RefObject, useEffect, useRef } from 'react';

/** Moves the focus to an element when it comes, so that a keyboard goes on from there and a screen reader says so. */
export function useFocusOnMount<T extends HTMLElement>(takesFocus = true): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => {
    if (takesFocus) element.current?.focus();
  }, [takesFocus]);
  return element;
}
