import type { PropsWithChildren } from 'react';
import { useSingleStart } from './use-single-start.ts';

interface Props {
  onClick: () => void;
  isBusy: boolean;
  /** The label while busy. Default: the children. */
  busyText?: string;
  className?: string;
}

/** A button that starts one action at a time. It is not `disabled` while busy, because that would lose the focus. */
export function BusyButton({ onClick, isBusy, busyText, className, children }: PropsWithChildren<Props>) {
  const startOnce = useSingleStart(isBusy);
  return (
    <button type="button" className={className} aria-disabled={isBusy} onClick={() => startOnce(onClick)}>
      {isBusy ? (busyText ?? children) : children}
    </button>
  );
}
