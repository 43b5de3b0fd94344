import type { PageConfig } from '../src/admin/page/page-config.ts';

/** The configuration that the server writes into the HTML. */
export const config = JSON.parse(document.getElementById('page-config')?.textContent ?? 'null') as PageConfig;

/** The content security policy allows only styles with this nonce. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
