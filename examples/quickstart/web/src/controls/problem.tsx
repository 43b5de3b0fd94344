import { wordsFor } from './error-words.ts';

interface Props {
  error: unknown;
  /** What it means, in a sentence that comes first. */
  when?: string;
}

/** Tells what went wrong, and has it read out. The region is there before there is anything in it. */
export function Problem({ error, when }: Props) {
  return (
    <p role="alert" className="problem">
      {error ? `${when ? `${when} ` : ''}${wordsFor(error)}` : null}
    </p>
  );
}
