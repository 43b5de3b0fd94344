import { DurinError } from '../errors.ts';
import type { CookieSettings } from './cookie-settings.ts';
import { type DurinContext, DurinRequest } from './durin-request.ts';
import { judgeSite } from './judge-site.ts';
import type { CookieAttributes } from './response-cookies.ts';

/** Why a login to a client with a session cookie cannot be answered. */
export type CookieRefusal = 'CROSS_SITE' | 'COOKIE_UNAVAILABLE';

/** The session cookie of the clients with `transport: 'cookie'`. */
export interface SessionCookies {
  /** Whether any client has its sessions in the cookie. */
  readonly areUsed: boolean;
  /** Whether the sessions of this client are in the cookie. */
  isUsedBy(clientName: string): boolean;
  /** Why the login is refused here. `null`: it is not. */
  refusalOfLogin(clientName: string, ctx: DurinContext): CookieRefusal | null;
  /** @throws DurinError COOKIE_UNAVAILABLE if the answer cannot set a cookie */
  requireSettable(ctx: DurinContext): void;
  /**
   * Sets the cookie in the answer.
   * @throws DurinError COOKIE_UNAVAILABLE
   */
  set(session: CookieSession, call: CookieCall): void;
  /** Deletes the cookie, if the answer can. */
  clear(call: CookieCall): void;
}

export interface CookieSession {
  readonly token: string;
  /** When it expires however it is used; `null`: never. */
  readonly latestExpiry: Date | null;
}

/** The call whose answer sets the cookie. */
export interface CookieCall {
  readonly ctx: DurinContext;
  readonly batchIndex: number;
}

/** Browsers keep no cookie for longer (RFC 6265bis, 5.5). */
const maxAgeSeconds = 400 * 86_400;

/** @param settings `null`: no client has a cookie */
export function createSessionCookies(settings: CookieSettings | null, now: () => number): SessionCookies {
  return {
    areUsed: settings !== null,

    isUsedBy: (clientName) => settings?.clientNames.has(clientName) ?? false,

    refusalOfLogin(clientName, { durin }) {
      if (settings === null || !settings.clientNames.has(clientName)) return null;
      if (judgeSite(DurinRequest.siteClaimsOf(durin), settings) === 'cross-site') return 'CROSS_SITE';
      return DurinRequest.cookiesOf(durin).canSet() ? null : 'COOKIE_UNAVAILABLE';
    },

    requireSettable,

    set({ token, latestExpiry }, { ctx, batchIndex }) {
      if (settings === null) return;
      requireSettable(ctx);
      const seconds = latestExpiry === null ? Infinity : Math.ceil((latestExpiry.getTime() - now()) / 1000);
      const maxAge = Math.min(Math.max(seconds, 0), maxAgeSeconds);
      DurinRequest.cookiesOf(ctx.durin).set(batchIndex, settings.name, token, { ...attributesOf(settings), maxAge });
    },

    clear({ ctx, batchIndex }) {
      const cookies = DurinRequest.cookiesOf(ctx.durin);
      if (settings === null || !cookies.canSet()) return;
      cookies.set(batchIndex, settings.name, '', { ...attributesOf(settings), maxAge: 0 });
    },
  };
}

function attributesOf({ isSecure, sameSite }: CookieSettings): Omit<CookieAttributes, 'maxAge'> {
  return { httpOnly: true, secure: isSecure, sameSite, path: '/' };
}

function requireSettable({ durin }: DurinContext): void {
  if (!DurinRequest.cookiesOf(durin).canSet()) throw new DurinError('COOKIE_UNAVAILABLE');
}
