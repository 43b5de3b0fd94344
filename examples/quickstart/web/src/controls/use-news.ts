import { type RefObject, useEffect, useRef, useState } from 'react';

interface News {
  readonly news: string;
  readonly tell: (text: string) => void;
  /** Of the card. */
  readonly heading: RefObject<HTMLHeadingElement | null>;
}

/** What was just done in a card, in words. The focus goes to its heading: the button that was pressed may be gone. */
export function useNews(): News {
  const heading = useRef<HTMLHeadingElement>(null);
  const [news, setNews] = useState({ text: '' }); // an object, so that the same may be told twice
  useEffect(() => {
    if (news.text) heading.current?.focus();
  }, [news]);
  return { news: news.text, tell: (text) => setNews({ text }), heading };
}
