import { Button } from '@mui/material';
import { ViewHeader } from './view-header.tsx';

/** Replaces a view whose rendering failed. */
export function Crashed() {
  return (
    <div role="alert">
      <ViewHeader title="Something went wrong">
        This view could not be shown. Reload the page; the browser's console has the error.
      </ViewHeader>
      <Button variant="outlined" color="inherit" onClick={() => location.reload()}>
        Reload
      </Button>
    </div>
  );
}
