/** The session cookie of a durin, and which clients have it. */
export interface CookieSettings {
  /** The clients whose sessions are in the cookie. */
  readonly clientNames: ReadonlySet<string>;
  readonly name: string;
  readonly sameSite: 'lax' | 'strict' | 'none';
  /** Whether browsers send it over https only. */
  readonly isSecure: boolean;
  /** The origins beside the server's own whose pages may make changes. */
  readonly allowedOrigins: ReadonlySet<string>;
}
