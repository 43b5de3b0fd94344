import Check from '@mui/icons-material/Check';
import ContentCopy from '@mui/icons-material/ContentCopy';
import { Button, Stack, TextField } from '@mui/material';
import { useRef, useState } from 'react';

interface CopyFieldProps {
  label: string;
  /** The label of the button: `Copy token`. */
  action: string;
  text: string;
}

type Outcome = 'none' | 'copied' | 'selected';

/** A read-only text with a copy button. If the clipboard is not available, as without TLS, the text is selected instead. */
export function CopyField({ label, action, text }: CopyFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [outcome, setOutcome] = useState<Outcome>('none');

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      input.current?.focus();
      input.current?.select();
      setOutcome('selected');
    }
  }
  return (
    <Stack direction={{ xs: 'column', sm: 'row' }} sx={{ gap: 1, alignItems: { sm: 'flex-start' } }}>
      <TextField
        label={label}
        value={text}
        inputRef={input}
        margin="none"
        helperText={outcome === 'selected' ? 'Press Ctrl+C or ⌘C to copy.' : undefined}
        onFocus={(event) => event.target.select()}
        slotProps={{
          htmlInput: { readOnly: true, spellCheck: false, style: { fontFamily: 'ui-monospace, Consolas, monospace' } },
        }}
      />
      <Button
        variant="outlined"
        onClick={() => void copy()}
        startIcon={outcome === 'copied' ? <Check /> : <ContentCopy />}
        sx={{ flexShrink: 0, height: 40, minWidth: 156 }}
      >
        <span aria-live="polite">{outcome === 'copied' ? 'Copied' : action}</span>
      </Button>
    </Stack>
  );
}
