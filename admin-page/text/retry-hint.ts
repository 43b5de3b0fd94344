/** When a throttled call may be tried again. */
export function retryHint(seconds = 60): string {
  if (seconds === 0) return 'You can try again now.';
  if (seconds < 90) return `Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`;
  if (seconds < 5400) return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
  return `Try again in ${Math.ceil(seconds / 3600)} hours.`;
}
