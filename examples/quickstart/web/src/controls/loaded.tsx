import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { BusyButton } from './busy-button.tsx';
import { Problem } from './problem.tsx';

interface Props<TData> {
  query: UseQueryResult<TData, unknown>;
  /** Renders the data. */
  children: (data: TData) => ReactNode;
}

/** Renders the result of a query: its data, a loading text, or its error with a button to try again. */
export function Loaded<TData>({ query, children }: Props<TData>) {
  const { data, error, isPending, isPaused, isFetching, refetch } = query;
  return (
    <>
      {data !== undefined && children(data)}
      {isPending && <output className="muted">{isPaused ? 'Loads when you are online again.' : 'Loading…'}</output>}
      <Problem error={error} {...(data !== undefined && { consequence: 'This may be out of date.' })} />
      {error !== null && (
        <BusyButton onClick={() => void refetch()} isBusy={isFetching} busyText="Trying…">
          Try again
        </BusyButton>
      )}
    </>
  );
}
