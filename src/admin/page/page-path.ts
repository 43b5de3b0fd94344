/** What a path asks the page for. The page knows not where it is mounted: the path's end tells. */
export type PagePath =
  | { readonly kind: 'page' }
  | { readonly kind: 'asset'; readonly name: string }
  /** `endpoint`: the part of the path before the procedures. */
  | { readonly kind: 'api'; readonly endpoint: string }
  /** Links of the page are relative, so its path must end with a slash. `location` is relative too. */
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'unknown' };

const asset = /\/assets\/([^/]+)$/;
const api = /^(.*\/api)\/(?:auth|admin)\.[^/]+$/; // not the path of a page that is mounted at /api/admin
const withoutSlash = /(?:^|\/)([^/.]+)$/;

/**
 * @param pathname as the browser sees it
 * @param mount where the app has mounted the page, without a slash at its end; `null`: not known, and every path that
 * ends with a slash is the page
 */
export function readPagePath(pathname: string, mount: string | null): PagePath {
  if (mount !== null) return readInside(pathname, mount);
  const [, name] = asset.exec(pathname) ?? [];
  if (name?.includes('.')) return { kind: 'asset', name };
  const [, endpoint] = api.exec(pathname) ?? [];
  if (endpoint !== undefined) return { kind: 'api', endpoint };
  if (pathname.endsWith('/')) return { kind: 'page' };
  const [, last] = withoutSlash.exec(pathname) ?? [];
  return last === undefined ? { kind: 'unknown' } : redirectTo(last);
}

function readInside(pathname: string, mount: string): PagePath {
  const inside = pathname.slice(mount.length);
  if (inside === '') return redirectTo(mount.slice(mount.lastIndexOf('/') + 1));
  if (inside === '/') return { kind: 'page' };
  if (inside.startsWith('/api/')) return { kind: 'api', endpoint: `${mount}/api` };
  const [, name] = /^\/assets\/([^/]+)$/.exec(inside) ?? [];
  return name === undefined ? { kind: 'unknown' } : { kind: 'asset', name };
}

/** `./`, or a segment with a colon would be another scheme. */
function redirectTo(lastSegment: string): PagePath {
  return { kind: 'redirect', location: `./${lastSegment}/` };
}
