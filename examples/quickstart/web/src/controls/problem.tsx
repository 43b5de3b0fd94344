import { describeError } from './describe-error.ts';

interface Props {
  error: unknown;
  /** The consequence, a sentence to put before the error. */
  consequence?: string;
}

/** Shows an error and has screen readers announce it. The live region is present before there is an error. */
export function Problem({ error, consequence }: Props) {
  return (
    <p role="alert" className="problem">
      {error ? `${consequence ? `${consequence} ` : ''}${describeError(error)}` : null}
    </p>
  );
}
