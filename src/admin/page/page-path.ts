/** What a URL path refers to. If the page does not know where it is mounted, the end of the path decides. */
export type PagePath =
  | { readonly kind: 'page' }
  | { readonly kind: 'asset'; readonly name: string }
  /** `endpoint`: the part of the path before the procedures. */
  | { readonly kind: 'api'; readonly endpoint: string }
  /** The page's path must end with a slash, because its links are relative. `location` is relative too. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'unknown' };

const assetPath = /\/assets\/([^/]+)$/;
const apiPath = /^(.*\/api)\/(?:auth|admin)\.[^/]+$/; // does not match a page mounted at /api/admin
const lastSegmentWithoutSlash = /(?:^|\/)([^/.]+)$/;

/**
 * @param pathname the path in the browser's address bar
 * @param mount where the app mounts the page, without a trailing slash; `null`: unknown, so that every path with a
 * trailing slash is the page
 */
export function parsePagePath(pathname: string, mount: string | null): PagePath {
  if (mount !== null) return parseMountedPath(pathname, mount);
  const [, name] = assetPath.exec(pathname) ?? [];
  if (name?.includes('.')) return { kind: 'asset', name };
  const [, endpoint] = apiPath.exec(pathname) ?? [];
  if (endpoint !== undefined) return { kind: 'api', endpoint };
  if (pathname.endsWith('/')) return { kind: 'page' };
  const [, lastSegment] = lastSegmentWithoutSlash.exec(pathname) ?? [];
  return lastSegment === undefined ? { kind: 'unknown' } : redirectTo(lastSegment);
}

function parseMountedPath(pathname: string, mount: string): PagePath {
  const rest = pathname.slice(mount.length);
  if (rest === '') return redirectTo(mount.slice(mount.lastIndexOf('/') + 1));
  if (rest === '/') return { kind: 'page' };
  if (rest.startsWith('/api/')) return { kind: 'api', endpoint: `${mount}/api` };
  const [, name] = /^\/assets\/([^/]+)$/.exec(rest) ?? [];
  return name === undefined ? { kind: 'unknown' } : { kind: 'asset', name };
}

/** Starts with `./`: otherwise a segment with a colon would be read as a scheme. */
function redirectTo(lastSegment: string): PagePath {
  return { kind: 'redirect', location: `./${lastSegment}/` };
}
