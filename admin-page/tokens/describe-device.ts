import type { AdminTokenView } from '../../src/admin/admin-views.ts';

/** A short description of what a token was used with: `Firefox on Linux`, `curl/8.5.0`; empty if nothing is known. */
export function describeDevice({ device, userAgent }: Pick<AdminTokenView, 'device' | 'userAgent'>): string {
  const words = [device?.browser, device?.os].filter((word) => word != null);
  return words.length > 0 ? words.join(' on ') : (userAgent?.split(' ', 1)[0] ?? '');
}
