import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { chromiumPath } from './chromium-path.ts';

/** Chromium without a sandbox, which containers have no rights for, and without calls to its maker. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts one Chromium for the run. Each test file connects to it and opens contexts of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({ executablePath: chromiumPath, args: flags, host: '127.0.0.1' });
  project.provide('chromiumUrl', server.wsEndpoint());
  return () => server.close();
}
