import { createDurinAdmin } from 'trpc-durin/admin';
import { durin, orm } from './auth.ts';

export const { adminRouter, page } = createDurinAdmin(durin, { isAdmin: ({ user }) => user.username === 'alice' });

const url = 'http://localhost/admin/';
const response = await page(new Request(url));
console.log(response.status, response.headers.get('content-type'));
for (const [, link = ''] of (await response.text()).matchAll(/(?:src|href)="([^"]+)"/g)) {
  const file = await page(new Request(new URL(link, url)));
  console.log(file.status, file.headers.get('content-type'));
}
await durin.close();
await orm.close();
