import type { PropsWithChildren } from 'react';
import { useSingleStart } from './use-single-start.ts';

interface Props {
  onClick: () => void;
  isBusy: boolean;
  /** What it says meanwhile. */
  busyText?: string;
  className?: string;
}

/** A button that starts one thing at a time. While that is under way it keeps the focus, which `disabled` would lose. */
export function BusyButton({ onClick, isBusy, busyText, className, children }: PropsWithChildren<Props>) {
  const startOnce = useSingleStart(isBusy);
  return (
    <button type="button" className={className} aria-disabled={isBusy} onClick={() => startOnce(onClick)}>
      {isBusy ? (busyText ?? children) : children}
    </button>
  );
}
