/** Returns why the package `redis` cannot connect by a URL, without quoting it; `null`: it can. */
export function judgeRedisUrl(url: unknown, tls: unknown): string | null {
  if (!isRedisUrl(url))
    return (
      "must be a URL such as 'redis://localhost:6379', whose path may be the number of a database. " +
      "Special characters of a password must be percent-encoded, such as '/' as '%2F'"
    );
  if (tls !== undefined && tls !== url.startsWith('rediss:'))
    return "must start with 'rediss://' exactly if socket.tls is true";
  return null;
}

/**
 * Whether the package `redis` can parse it. The package itself throws at each connection, with errors that quote the URL. An
 * unescaped `/`, `?` or `#` in a password ends the part of the URL that names the host, so the `@` comes after it.
 */
function isRedisUrl(url: unknown): url is string {
  if (typeof url !== 'string' || !/^rediss?:\/\//.test(url)) return false;
  const parsed = URL.parse(url);
  if (parsed === null || !/^(?:\/\d*)?$/.test(parsed.pathname)) return false;
  const { username, password, search, hash } = parsed;
  return !`${search}${hash}`.includes('@') && isDecodable(username) && isDecodable(password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
