/** What a check says: nothing to do, something to think about, or something that is wrong. */
export type Level = 'ok' | 'warning' | 'problem';

/** The result of a check. */
export interface Finding {
  /** What was checked, in a word. */
  readonly check: string;
  readonly level: Level;
  /** What was found, in a sentence. */
  readonly found: string;
  /** What to do, in a sentence; `null`: nothing. */
  readonly cure: string | null;
}

export function ok(check: string, found: string): Finding {
  return { check, level: 'ok', found, cure: null };
}

export function warning(check: string, found: string, cure: string): Finding {
  return { check, level: 'warning', found, cure };
}

export function problem(check: string, found: string, cure: string): Finding {
  return { check, level: 'problem', found, cure };
}
