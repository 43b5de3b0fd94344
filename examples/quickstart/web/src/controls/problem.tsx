import { ErrorText } from './error-text.tsx';
import { useRetryCountdown } from './use-retry-countdown.ts';

interface Props {
  error: unknown;
  /** The consequence, a sentence to put before the error. */
  consequence?: string;
}

/** Shows an error and has screen readers announce it. The live region is present before there is an error. */
export function Problem({ error, consequence }: Props) {
  const secondsLeft = useRetryCountdown(error);
  return (
    <p role="alert" className="problem">
      {error ? (
        <>
          {consequence && `${consequence} `}
          <ErrorText error={error} secondsLeft={secondsLeft} />
        </>
      ) : null}
    </p>
  );
}
