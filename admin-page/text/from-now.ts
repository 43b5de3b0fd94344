import { durationInWords } from '../../src/values/duration-in-words.ts';

/** The time from now, in the server's words: `in 14 days`, `2 hours ago`. Less than a minute ago is `just now`. */
export function fromNow(date: Date, now: number): string {
  const milliseconds = date.getTime() - now;
  if (milliseconds > 0) return `in ${durationInWords(milliseconds)}`;
  const words = durationInWords(-milliseconds);
  return words.includes('second') ? 'just now' : `${words} ago`;
}
