import type { PageConfig } from '../src/admin/page/page-handler.ts';

/** What the server told the page with its HTML. */
export const config = JSON.parse(document.getElementById('page-config')?.textContent ?? 'null') as PageConfig;

/** For the styles that scripts add: the policy lets only these in. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
