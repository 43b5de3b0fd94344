/** The units of time in which durations and rates are written, in seconds. The longest unit comes last. */
export const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `s`, `m`, `h` or `d`. */
export type TimeUnit = keyof typeof secondsPer;

/** Writes seconds as a duration in the largest unit that fits: `365d`, `36h`. */
export function writeDuration(seconds: number): string {
  const units = ['d', 'h', 'm'] as const;
  const unit = units.find((candidate) => seconds % secondsPer[candidate] === 0) ?? 's';
  return `${seconds / secondsPer[unit]}${unit}`;
}
