/**
 * Folds a user's key, so that every spelling of it that PostgreSQL takes for one key is the same text: a UUID in upper case,
 * in braces or without hyphens, a number with leading zeros, a `char(n)` without its padding. Different keys may be folded
 * to one text. So it is for what may be done once too often: dropping a cached session, or refusing a login under way.
 */
export function foldUserKey(userId: unknown): string {
  const text = String(userId).trim().toLowerCase().replaceAll(/[{}-]/g, '');
  return text.replace(/^0+(?=.)/, '');
}
