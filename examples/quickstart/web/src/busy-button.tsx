import type { PropsWithChildren } from 'react';

interface Props {
  onClick: () => void;
  isBusy: boolean;
  /** What it says meanwhile. */
  busyText?: string;
  className?: string;
}

/** A button that starts one thing at a time. While that is under way it keeps the focus, which `disabled` would lose. */
export function BusyButton({ onClick, isBusy, busyText, className, children }: PropsWithChildren<Props>) {
  return (
    <button type="button" className={className} aria-disabled={isBusy} onClick={() => isBusy || onClick()}>
      {isBusy ? (busyText ?? children) : children}
    </button>
  );
}
