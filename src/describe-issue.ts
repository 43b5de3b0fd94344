import type { z } from 'zod';

/** What is wrong with the options that a strict zod schema refused, in a sentence that starts with the option's name. */
export function describeIssue(error: z.ZodError): string {
  const issue = deepest(error.issues);
  if (issue.code === 'unrecognized_keys') {
    const place = issue.path.length === 0 ? 'option' : `option of ${issue.path.join('.')}`;
    return `unknown ${place} ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('undefined');
  return `${issue.path.join('.')} ${isMissing ? 'is required' : issue.message.replace(/^Invalid input: expected/, 'must be')}`;
}

/** The most telling issue: of a union, that of the branch that came furthest. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [issue] = issues;
  if (issue === undefined) throw new TypeError('a failed parse has an issue');
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const branch = branches.toSorted((a, b) => pathLength(b) - pathLength(a))[0];
  if (branch === undefined || issue.message !== 'Invalid input') return issue;
  const inner = deepest(branch);
  return { ...inner, path: [...issue.path, ...inner.path] };
}

function pathLength(issues: readonly z.core.$ZodIssue[]): number {
  const [issue] = issues;
  return issue === undefined ? 0 : issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);
}
