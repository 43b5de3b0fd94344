/** `1 token`, `1,204 tokens`, `no tokens`. */
export function formatCount(count: number, noun: string): string {
  if (count === 0) return `no ${noun}s`;
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
