/** How many days before its expiry `tokenExpiring` is emitted for a key. */
export const expiryNoticeDays: readonly number[] = [14, 7, 1];

/** Whether a key is so close to its expiry that a notice may be due. */
export function isNearExpiry(expiresAt: Date | null, now: number): boolean {
  return expiresAt !== null && expiresAt.getTime() - now <= Math.max(...expiryNoticeDays) * 86_400_000;
}
