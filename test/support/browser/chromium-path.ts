import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where systems put a Chromium, or a Chrome, which is as good. With the headless shell the tests take two thirds of the time. */
const places = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium to test with: the one at `CHROMIUM`, else the system's; empty where there is none. */
export const chromiumPath = process.env['CHROMIUM'] ?? places.find((place) => existsSync(place)) ?? '';

/** Whether there is one, which tests in a browser need. */
export function hasChromium(): boolean {
  return chromiumPath !== '' && spawnSync(chromiumPath, ['--version']).status === 0;
}
