import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { BusyButton } from './busy-button.tsx';
import { Problem } from './problem.tsx';

interface Props<TData> {
  query: UseQueryResult<TData, unknown>;
  /** What is shown of it. */
  children: (data: TData) => ReactNode;
}

/** What was asked for; until it is there, that it is on its way; where it failed, why, and how to try again. */
export function Loaded<TData>({ query, children }: Props<TData>) {
  const { data, error, isPending, isPaused, isFetching, refetch } = query;
  return (
    <>
      {data !== undefined && children(data)}
      {isPending && (
        <output className="muted">{isPaused ? 'This is loaded when you are online again.' : 'Loading…'}</output>
      )}
      <Problem error={error} {...(data !== undefined && { when: 'This may be out of date.' })} />
      {error !== null && (
        <BusyButton onClick={() => void refetch()} isBusy={isFetching} busyText="Trying…">
          Try again
        </BusyButton>
      )}
    </>
  );
}
