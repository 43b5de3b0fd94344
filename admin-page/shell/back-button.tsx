import ArrowBack from '@mui/icons-material/ArrowBack';
import { Button } from 'react-admin';

/** To the list that a view belongs to. */
export function BackButton({ to, children }: { to: string; children: string }) {
  return (
    <Button href={`#${to}`} label={children} color="inherit" size="medium">
      <ArrowBack />
    </Button>
  );
}
