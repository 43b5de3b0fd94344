import { describeError } from './describe-error.ts';

interface Props {
  error: unknown;
  /** Of `useRetryCountdown`. */
  secondsLeft: number | undefined;
}

/** Describes an error. Only the eye follows the countdown: a screen reader that reads every second reads nothing else. */
export function ErrorText({ error, secondsLeft }: Props) {
  if (secondsLeft === undefined) return describeError(error);
  return (
    <>
      <span aria-hidden="true">{describeError(error, secondsLeft)}</span>
      <span className="hidden">{secondsLeft === 0 ? describeError(error, 0) : describeError(error)}</span>
    </>
  );
}
