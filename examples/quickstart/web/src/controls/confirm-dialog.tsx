import { type PropsWithChildren, useId, useLayoutEffect, useRef } from 'react';
import { BusyButton } from './busy-button.tsx';
import { Problem } from './problem.tsx';

interface Props {
  isOpen: boolean;
  /** The question. */
  title: string;
  /** What is done, as a verb: the name of the button. */
  action: string;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  /** Also called for Escape. */
  onClose: () => void;
}

/** Asks before something that cannot be undone. The browser keeps the focus inside, and puts it back afterwards. */
export function ConfirmDialog({
  isOpen,
  title,
  action,
  isBusy,
  error,
  onConfirm,
  onClose,
  children,
}: PropsWithChildren<Props>) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);

  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={`${id}title`} aria-describedby={`${id}text`}>
      <h2 id={`${id}title`}>{title}</h2>
      <div id={`${id}text`}>{children}</div>
      <Problem error={error} />
      <div className="actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <BusyButton className="danger solid" onClick={onConfirm} isBusy={isBusy} busyText="One moment…">
          {action}
        </BusyButton>
      </div>
    </dialog>
  );
}
