/**
 * Where the sessions of a client are kept:
 * - `header`: the app has the token, and sends it in the Authorization header
 * - `cookie`: the browser has it in a cookie that scripts cannot read
 */
export type Transport = 'header' | 'cookie';

/** The session cookie, of the clients with `transport: 'cookie'`. */
export interface CookieOptions {
  /**
   * Its name. Default: `'__Host-durin'`, which browsers accept only from this host and over https; `'durin'` with
   * `secure: false`.
   */
  name?: string | undefined;
  /**
   * Whether requests that other sites cause carry it. Default: `'lax'`, only if the user follows a link. `'none'` is for an app
   * and a server on different sites; list the app's origin in `allowedOrigins` then.
   */
  sameSite?: 'lax' | 'strict' | 'none' | undefined;
  /**
   * Whether it is sent over https only. Default: `true`. Browsers count http://localhost as https, but Safari does not:
   * `secure: false` is for development in Safari, or on a host of your network.
   */
  secure?: boolean | undefined;
  /**
   * The origins beside the server's own whose pages may make changes, such as `['https://app.example.com']`. http is
   * for this machine, or with `secure: false`. Default: none.
   */
  allowedOrigins?: readonly string[] | undefined;
}
