import { Alert, Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { type ReactNode, useId, useState } from 'react';
import { describeError } from '../data/call-error.ts';

interface ConfirmDialogProps {
  isOpen: boolean;
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The verb of what is done. */
  confirm: string;
  /** Where it throws, the dialog stays and tells why. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function ConfirmDialog({ isOpen, title, children, confirm, onConfirm, onClose }: ConfirmDialogProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const titleId = useId();
  const contentId = useId();

  function close(): void {
    setFault(null);
    onClose();
  }

  async function run(): Promise<void> {
    setIsBusy(true);
    setFault(null);
    try {
      await onConfirm();
      close();
    } catch (error) {
      setFault(describeError(error));
    } finally {
      setIsBusy(false);
    }
  }

  return (
    <Dialog
      open={isOpen}
      onClose={close}
      maxWidth="xs"
      fullWidth
      aria-labelledby={titleId}
      aria-describedby={contentId}
    >
      <DialogTitle id={titleId}>{title}</DialogTitle>
      <DialogContent id={contentId} sx={{ color: 'text.secondary' }}>
        {children}
        {fault !== null && (
          <Alert severity="error" sx={{ mt: 2 }}>
            {fault}
          </Alert>
        )}
      </DialogContent>
      <DialogActions sx={{ p: 2 }}>
        <Button onClick={close} color="inherit" autoFocus>
          Cancel
        </Button>
        <Button onClick={() => void run()} color="error" variant="contained" loading={isBusy}>
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
