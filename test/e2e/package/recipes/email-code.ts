import assert from 'node:assert/strict';
import { importSample, openRecipe, refusalOf } from './open-recipe.ts';

interface Page {
  requestCode(email: string): Promise<void>;
  signIn(email: string, code: string): Promise<{ status: string }>;
}

const mails: string[] = [];
const { log } = console;
console.log = (text: string) => void mails.push(text);

const { orm } = await openRecipe('email-code.ts', ['LoginCode']);
const { requestCode, signIn } = await importSample<Page>('email-code-page.ts');
const email = 'alice@example.com';

async function newCode(): Promise<string> {
  await requestCode(email);
  return /\d{8}/.exec(mails.at(-1) ?? '')?.[0] ?? '';
}
const sql = (statement: string) => orm.em.getConnection().execute(statement);
const wrong = '12345';

const code = await newCode();
assert.equal(mails.at(-1), `To ${email}: Your code is ${code}.`);
assert.equal(await refusalOf(signIn(email, wrong)), 'UNAUTHORIZED');
assert.equal(await refusalOf(signIn('bob@example.com', code)), 'UNAUTHORIZED');
assert.equal((await signIn('ALICE@example.com', code)).status, 'signed-in');
assert.equal(await refusalOf(signIn(email, code)), 'UNAUTHORIZED');

const once = await newCode();
const uses = await Promise.all([1, 2, 3].map(() => refusalOf(signIn(email, once))));
assert.deepEqual(uses.toSorted(), ['UNAUTHORIZED', 'UNAUTHORIZED', 'not refused']);

const guessed = await newCode();
await Promise.all(Array.from({ length: 8 }, () => refusalOf(signIn(email, wrong))));
assert.equal(await refusalOf(signIn(email, guessed)), 'UNAUTHORIZED');

const sent = mails.length;
await requestCode(email); // succeeds, and sends nothing within a minute
assert.equal(mails.length, sent);
await sql("update login_code set expires_at = expires_at - interval '1 minute'");
await Promise.all([1, 2, 3].map(() => requestCode(email)));
assert.equal(mails.length, sent + 1);

await sql("update login_code set expires_at = expires_at - interval '1 minute'");
const late = await newCode();
const rows = JSON.stringify(await sql('select * from login_code'));
for (const mailed of mails) assert.equal(rows.includes(/\d{8}/.exec(mailed)?.[0] ?? 'no code'), false);
await sql('update login_code set expires_at = now()');
assert.equal(await refusalOf(signIn(email, late)), 'UNAUTHORIZED');

const before = mails.length;
await requestCode('nobody@example.com');
assert.equal(mails.length, before);
assert.deepEqual(await sql('select email from login_code'), [{ email: 'nobody@example.com' }]); // expired ones are deleted
log('done');
await orm.close();
