import { type RefObject, useEffect, useRef, useState } from 'react';

interface Announcement {
  readonly announcement: string;
  readonly announce: (text: string) => void;
  /** The card's heading, which receives the focus. */
  readonly heading: RefObject<HTMLHeadingElement | null>;
}

/** Announces what was just done in a card, and focuses its heading, because the button that was pressed may be gone. */
export function useAnnouncement(): Announcement {
  const heading = useRef<HTMLHeadingElement>(null);
  const [current, setCurrent] = useState({ text: '' }); // an object, so that the same text can be announced twice
  useEffect(() => {
    if (current.text) heading.current?.focus();
  }, [current]);
  return { announcement: current.text, announce: (text) => setCurrent({ text }), heading };
}
