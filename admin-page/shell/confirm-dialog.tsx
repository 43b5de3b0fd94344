import { Alert, Box, Button, Dialog, DialogActions, DialogContent, DialogTitle } from '@mui/material';
import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { hasLostRole } from '../data/admin-role.ts';
import { describeError } from '../data/call-error.ts';

interface ConfirmDialogProps {
  isOpen: boolean;
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The label of the button that confirms. */
  confirmLabel: string;
  /** Default: `error`, for what cannot be undone: Cancel has the focus. With `primary`, a field of the children takes it. */
  confirmColor?: 'error' | 'primary';
  /** If it rejects, the dialog stays open and shows the error. */
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks for confirmation. Its children may be fields: Enter confirms. */
export function ConfirmDialog({
  isOpen,
  title,
  children,
  confirmLabel,
  confirmColor = 'error',
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const [isPending, setIsPending] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const titleId = useId();
  const contentId = useId();

  function close(): void {
    setError(null);
    onClose();
  }

  async function run(event: FormEvent): Promise<void> {
    event.preventDefault();
    setIsPending(true);
    setError(null);
    try {
      await onConfirm();
      close();
    } catch (cause) {
      void hasLostRole(cause);
      setError(describeError(cause));
    } finally {
      setIsPending(false);
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
      <Box component="form" noValidate onSubmit={(event) => void run(event)} sx={{ display: 'contents' }}>
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent id={contentId} sx={{ color: 'text.secondary' }}>
          {children}
          {error !== null && (
            <Alert severity="error" sx={{ mt: 2 }}>
              {error}
            </Alert>
          )}
        </DialogContent>
        <DialogActions sx={{ p: 2 }}>
          <Button onClick={close} color="inherit" autoFocus={confirmColor === 'error'}>
            Cancel
          </Button>
          <Button type="submit" color={confirmColor} variant="contained" loading={isPending}>
            {confirmLabel}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}
