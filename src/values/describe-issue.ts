import type { z } from 'zod';

/** Stands for the words of a union, of which each branch has its own. */
const noWords = 'is not valid';

/** Says what is wrong where a schema has no words of its own: those of zod are in the language that the app has set. */
export function wordsOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'invalid_type') return noWords;
  return issue.expected === 'object' || issue.expected === 'record'
    ? 'must be an object'
    : `must be a ${issue.expected}`;
}

/**
 * What is wrong with the options that a strict zod schema refused, in a sentence that starts with the option's name.
 * @param error of a parse with `wordsOf`
 */
export function describeIssue(error: z.ZodError, options: unknown): string {
  const issue = deepest(error.issues);
  if (issue.code === 'unrecognized_keys') {
    const place = issue.path.length === 0 ? 'option' : `option of ${issue.path.join('.')}`;
    return `unknown ${place} ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
  }
  const isMissing = valueAt(options, issue.path) === undefined;
  return `${issue.path.join('.') || 'the options'} ${isMissing ? 'is required' : issue.message}`;
}

/** The most telling issue: of a union, that of the branch that came furthest. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [issue] = issues;
  if (issue === undefined) throw new TypeError('a failed parse has an issue');
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const branch = branches.toSorted((a, b) => pathLength(b) - pathLength(a))[0];
  if (branch === undefined || issue.message !== noWords) return issue;
  const inner = deepest(branch);
  return { ...inner, path: [...issue.path, ...inner.path] };
}

function pathLength(issues: readonly z.core.$ZodIssue[]): number {
  const [issue] = issues;
  return issue === undefined ? 0 : issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);
}

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], options);
}
