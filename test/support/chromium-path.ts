import { spawnSync } from 'node:child_process';

/** The Chromium to test with: the one at `CHROMIUM`, else the system's. */
export const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Whether there is one, which tests in a browser need. */
export function hasChromium(): boolean {
  return spawnSync(chromiumPath, ['--version']).status === 0;
}
