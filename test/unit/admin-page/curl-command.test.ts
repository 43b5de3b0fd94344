import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { curlCommand } from '../../../admin-page/tokens/issue/curl-command.ts';

test('the path of the page cannot inject shell commands', () => {
  const { href } = new URL("https://app.example/admin/';echo$IFS'hurt';'/api/auth.sessions.list");
  expect(href).toContain("';echo");
  const command = curlCommand(href, 'Token', 'ab12');
  const words = execFileSync('sh', ['-c', command.replace('curl', "printf '%s\\n'")], { encoding: 'utf8' });
  expect(words).toBe(`-H\nAuthorization: Token ab12\n${href.replaceAll("'", '%27')}\n`);
});
