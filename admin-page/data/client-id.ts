/**
 * A client as the page's paths name it: by its name, in signs that mean nothing to routers. They read `%2F`, `..` and
 * `create`, which names may have as well, in ways of their own.
 */
export function clientIdOf(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll(/[^\w%-]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return encoded.replace(/^create$/, '%63reate').replaceAll('%', '~');
}

/** The name of the client that a path names; what `clientIdOf` does not write is taken as it is. */
export function clientNameOf(id: string): string {
  try {
    return decodeURIComponent(id.replaceAll('~', '%'));
  } catch {
    return id;
  }
}
