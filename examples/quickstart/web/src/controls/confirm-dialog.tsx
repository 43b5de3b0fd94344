import { type PropsWithChildren, type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { BusyButton } from './busy-button.tsx';
import { Problem } from './problem.tsx';

interface Props {
  isOpen: boolean;
  /** The question. */
  title: string;
  /** The label of the confirm button, a verb. */
  action: string;
  /** Whether it destroys something. Default: it does. */
  tone?: 'danger solid' | 'primary';
  /** What the user may choose, below the text. */
  field?: ReactNode;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  /** Also called for Escape. */
  onClose: () => void;
}

/** Asks before an action. The browser traps the focus in the dialog and restores it afterwards. */
export function ConfirmDialog({
  isOpen,
  title,
  action,
  tone = 'danger solid',
  field,
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
      {field}
      <Problem error={error} />
      <div className="actions">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <BusyButton className={tone} onClick={onConfirm} isBusy={isBusy} busyText="One moment…">
          {action}
        </BusyButton>
      </div>
    </dialog>
  );
}
