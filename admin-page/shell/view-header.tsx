import { Box, Stack, Typography } from '@mui/material';
import { type ReactNode, useEffect } from 'react';
import { config } from '../page-config.ts';

interface ViewHeaderProps {
  title: string;
  /** A sentence that describes the view. */
  children?: ReactNode;
  actions?: ReactNode;
}

/** The heading of a view. Also sets the document's title. */
export function ViewHeader({ title, children, actions }: ViewHeaderProps) {
  useEffect(() => {
    document.title = `${title} – ${config.title}`;
  }, [title]);
  useEffect(() => {
    window.scrollTo(0, 0); // the previous view may have been scrolled
  }, []);
  return (
    <Stack
      direction="row"
      sx={{ flexWrap: 'wrap', alignItems: 'flex-start', justifyContent: 'space-between', gap: 2, mb: 2.5 }}
    >
      <Box sx={{ flex: '1 1 18rem', minWidth: 0 }}>
        <Typography variant="h1" sx={{ overflowWrap: 'anywhere' }}>
          <bdi>{title}</bdi>
        </Typography>
        {children !== undefined && (
          <Typography color="textSecondary" sx={{ mt: 0.5, maxWidth: '62ch', textWrap: 'pretty' }}>
            {children}
          </Typography>
        )}
      </Box>
      {actions !== undefined && (
        <Stack direction="row" sx={{ gap: 1, flexWrap: 'wrap' }}>
          {actions}
        </Stack>
      )}
    </Stack>
  );
}
