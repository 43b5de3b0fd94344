import Bowser from 'bowser';
import type { Device } from '../wire.ts';

/** Returns the device that a user agent names; `null`: none that is known. */
export function deviceOf(userAgent: string | null): Device | null {
  if (userAgent === null || userAgent.trim() === '') return null;
  const { browser, os, platform } = Bowser.parse(userAgent);
  const device = { browser: browser.name || null, os: os.name || null, type: typeOf(platform.type) };
  const isKnown = device.browser !== null || device.os !== null || device.type !== null;
  return isKnown ? device : null;
}

const types = ['desktop', 'mobile', 'tablet', 'tv', 'bot'] as const;

function typeOf(text: string | undefined): Device['type'] {
  return types.find((type) => type === text) ?? null;
}
