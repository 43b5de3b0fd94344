import type { z } from 'zod';

/** Stands in for the message of a union; each of its branches has a message of its own. */
const unionMessage = 'is not valid';

/** The error map to parse options with. Zod's own messages would be in whatever language the app has set. */
export function optionIssueMessage(issue: z.core.$ZodRawIssue): string {
  if (issue.code !== 'invalid_type') return unionMessage;
  return issue.expected === 'object' || issue.expected === 'record'
    ? 'must be an object'
    : `must be a ${issue.expected}`;
}

/**
 * Describes why a strict zod schema refused some options, in a sentence that starts with the option's name.
 * @param error of a parse that used `optionIssueMessage`
 */
export function describeOptionError(error: z.ZodError, options: unknown): string {
  const issue = deepestIssue(error.issues);
  if (issue.code === 'unrecognized_keys') {
    const place = issue.path.length === 0 ? 'option' : `option of ${issue.path.join('.')}`;
    return `unknown ${place} ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
  }
  const isMissing = valueAt(options, issue.path) === undefined;
  return `${issue.path.join('.') || 'the options'} ${isMissing ? 'is required' : issue.message}`;
}

/** The first issue. For a union, the first issue of the branch that matched the input furthest. */
function deepestIssue(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [issue] = issues;
  if (issue === undefined) throw new TypeError('a failed parse has an issue');
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const branch = branches.toSorted((a, b) => depthOf(b) - depthOf(a))[0];
  if (branch === undefined || issue.message !== unionMessage) return issue;
  const inner = deepestIssue(branch);
  return { ...inner, path: [...issue.path, ...inner.path] };
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  const [issue] = issues;
  return issue === undefined ? 0 : issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);
}

function valueAt(options: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], options);
}
