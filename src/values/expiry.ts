import { durationInWords } from './duration-in-words.ts';

/** Whether a token that expires at `expiresAt` (`null`: never) has expired. It has at the very instant of its expiry. */
export function isExpired(expiresAt: Date | null, now: number): boolean {
  return expiresAt !== null && now >= expiresAt.getTime();
}

/** The time left until `expiresAt`, in words, or `never`. */
export function timeLeft(expiresAt: Date | null, now: number): string {
  return expiresAt === null ? 'never' : durationInWords(expiresAt.getTime() - now);
}

/** The three fields in which every view shows an expiry. */
export function viewExpiry(expiresAt: Date | null, now: number) {
  return {
    expiry: expiresAt,
    hasExpired: isExpired(expiresAt, now),
    expiresIn: timeLeft(expiresAt, now),
  };
}
