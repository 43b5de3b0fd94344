import { callPageApi, type PageApiDeps } from './page-api.ts';
import { type PageAssets, readPageAssets } from './page-assets.ts';
import type { PageConfig } from './page-config.ts';
import { parsePagePath } from './page-path.ts';
import type { PageRequest } from './page-request.ts';
import { assetResponse, htmlResponse, methodNotAllowed, textResponse } from './page-responses.ts';

/** Returns `null` if nothing is at this path. */
export type PageHandler = (request: PageRequest) => Promise<Response | null>;

export interface PageHandlerDeps extends PageApiDeps {
  readonly config: PageConfig;
}

const fileMethods = ['GET', 'HEAD'];
const apiMethods = [...fileMethods, 'POST'];

/** Routes a request to the page, its files or its API. */
export function createPageHandler(deps: PageHandlerDeps): PageHandler {
  let assets: Promise<PageAssets> | undefined;

  function readAssetsOnce(): Promise<PageAssets> {
    assets ??= readPageAssets().catch((error: unknown) => {
      assets = undefined; // the page may be built before the next request
      throw error;
    });
    return assets;
  }

  return async function handlePage(pageRequest) {
    const { request, pathname, mount } = pageRequest;
    const path = parsePagePath(pathname, mount);
    if (path.kind === 'unknown') return null;
    const methods = path.kind === 'api' ? apiMethods : fileMethods;
    if (!methods.includes(request.method)) return methodNotAllowed(methods.join(', '));

    switch (path.kind) {
      case 'redirect':
        return textResponse(308, '', { Location: path.location + new URL(request.url).search });
      case 'api':
        return callPageApi(deps, pageRequest, path.endpoint);
      case 'page': {
        const { html } = await readAssetsOnce();
        return htmlResponse(request, html, deps.config);
      }
      case 'asset': {
        const { files } = await readAssetsOnce();
        const file = files.get(path.name);
        return file === undefined ? null : assetResponse(request, path.name, file);
      }
    }
  };
}
