import { Box, Card, Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';

interface ChartSectionProps {
  id: string;
  title: string;
  explanation: string;
  filters: ReactNode;
  children: ReactNode;
}

/** A part of the page with a heading, filters beside it, and a chart below. */
export function ChartSection({ id, title, explanation, filters, children }: ChartSectionProps) {
  return (
    <Card component="section" sx={{ p: 2 }} aria-labelledby={id}>
      <Stack
        direction="row"
        sx={{ flexWrap: 'wrap', gap: 2, alignItems: 'flex-start', justifyContent: 'space-between', mb: 1 }}
      >
        <Box sx={{ flex: '1 1 16rem' }}>
          <Typography variant="h2" id={id}>
            {title}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {explanation}
          </Typography>
        </Box>
        <Stack direction="row" sx={{ gap: 1.5, flexShrink: 0 }}>
          {filters}
        </Stack>
      </Stack>
      {children}
    </Card>
  );
}
