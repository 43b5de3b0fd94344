import { Skeleton } from '@mui/material';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ComponentType, Suspense } from 'react';
import { Failure } from '../shell/failure.tsx';

interface LoadedChartProps<Day> {
  query: UseQueryResult<readonly Day[]>;
  /** Loaded with `lazy`. */
  Chart: ComponentType<{ days: readonly Day[] }>;
  /** The chart's height in pixels. Until it is loaded, a placeholder takes it. */
  height: number;
}

/** A chart once its data and its script are loaded. */
export function LoadedChart<Day>({ query: { data, error, refetch }, Chart, height }: LoadedChartProps<Day>) {
  if (error) return <Failure error={error} onRetry={() => void refetch()} />;
  const placeholder = <Skeleton role="status" aria-label="Loading" variant="rounded" height={height} />;
  return <Suspense fallback={placeholder}>{data === undefined ? placeholder : <Chart days={data} />}</Suspense>;
}
