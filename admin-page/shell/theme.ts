import { defaultTheme, type RaThemeOptions } from 'react-admin';

const systemFont =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif';

/** What differs between the light and the dark theme. */
interface Palette {
  mode: 'light' | 'dark';
  accent: string;
  onAccent: string;
  page: string;
  paper: string;
  line: string;
  text: string;
  quietText: string;
  hover: string;
  danger: string;
}

export const lightTheme = createTheme({
  mode: 'light',
  accent: '#0f6b5c',
  onAccent: '#ffffff',
  page: '#f7f7f5',
  paper: '#ffffff',
  line: '#e3e3df',
  text: '#1b1f1e',
  quietText: '#5b6361',
  hover: '#f1f3f1',
  danger: '#b3261e',
});

export const darkTheme = createTheme({
  mode: 'dark',
  accent: '#6fcdb8',
  onAccent: '#06231d',
  page: '#141517',
  paper: '#1c1e20',
  line: '#32353a',
  text: '#e8eae9',
  quietText: '#a3aaa8',
  hover: '#24272a',
  danger: '#ff9b92',
});

function createTheme({ mode, accent, onAccent, page, paper, line, text, quietText, hover, danger }: Palette) {
  const theme: RaThemeOptions = {
    ...defaultTheme,
    palette: {
      mode,
      primary: { main: accent, contrastText: onAccent },
      secondary: { main: accent, contrastText: onAccent },
      error: { main: danger },
      background: { default: page, paper },
      text: { primary: text, secondary: quietText },
      divider: line,
      action: { hover },
    },
    shape: { borderRadius: 8 },
    typography: {
      fontFamily: systemFont,
      fontSize: 14,
      h1: { fontSize: '1.375rem', fontWeight: 650, letterSpacing: '-0.01em', lineHeight: 1.3 },
      body1: { fontSize: '0.9375rem' },
      h2: { fontSize: '1rem', fontWeight: 650, lineHeight: 1.4 },
      h6: { fontSize: '1rem', fontWeight: 650 },
      button: { textTransform: 'none', fontWeight: 600, letterSpacing: 0 },
    },
    sidebar: { width: 208, closedWidth: 56 },
    components: {
      ...defaultTheme.components,
      MuiCssBaseline: {
        styleOverrides: {
          ':focus-visible': { outline: `2px solid ${accent}`, outlineOffset: 2 },
          '@media (prefers-reduced-motion: reduce)': {
            '*, *::before, *::after': { animationDuration: '1ms !important', transitionDuration: '1ms !important' },
          },
        },
      },
      MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: 'none' } } },
      MuiCard: { styleOverrides: { root: { border: `1px solid ${line}` } } },
      MuiDialog: { styleOverrides: { paper: { border: `1px solid ${line}`, borderRadius: 12 } } },
      MuiMenu: {
        styleOverrides: { paper: { border: `1px solid ${line}`, boxShadow: '0 8px 24px rgb(0 0 0 / 0.16)' } },
      },
      MuiAutocomplete: {
        ...defaultTheme.components?.MuiAutocomplete,
        styleOverrides: { paper: { border: `1px solid ${line}`, boxShadow: '0 8px 24px rgb(0 0 0 / 0.16)' } },
      },
      MuiAppBar: {
        defaultProps: { color: 'inherit', elevation: 0 },
        styleOverrides: { root: { backgroundColor: paper, color: text, borderBottom: `1px solid ${line}` } },
      },
      MuiButton: { defaultProps: { disableElevation: true } },
      MuiTextField: { defaultProps: { variant: 'outlined', size: 'small', margin: 'dense', fullWidth: true } },
      MuiFormControl: { defaultProps: { variant: 'outlined', size: 'small', margin: 'dense', fullWidth: true } },
      MuiTooltip: { defaultProps: { enterDelay: 300 } },
      MuiTableCell: {
        styleOverrides: {
          root: { borderBottomColor: line },
          head: { color: quietText, fontWeight: 600, fontSize: '0.8125rem', whiteSpace: 'nowrap' },
        },
      },
      MuiTableRow: {
        styleOverrides: { root: { '&:last-of-type > td, &:last-of-type > th[scope=row]': { borderBottom: 0 } } },
      },
      RaDataTable: {
        styleOverrides: {
          root: {
            '& .RaDataTable-headerCell': { backgroundColor: paper },
            '& .MuiTableCell-root': { paddingBlock: 10 },
          },
        },
      },
      RaLayout: {
        styleOverrides: {
          root: {
            minWidth: 0,
            '& .RaLayout-appFrame': { marginTop: 56 },
            '& .RaLayout-content': { minWidth: 0, maxWidth: 1280, padding: '20px 24px 48px', overflow: 'visible' },
            '@media (max-width: 599px)': { '& .RaLayout-content': { padding: '16px 16px 72px' } },
          },
        },
      },
      RaMenuItemLink: {
        styleOverrides: {
          root: {
            margin: '2px 8px',
            borderRadius: 8,
            minHeight: 40,
            color: quietText,
            '& .MuiListItemIcon-root, & .RaMenuItemLink-icon': { color: 'inherit', minWidth: 36 },
            '&.RaMenuItemLink-active': { color: accent, fontWeight: 600, backgroundColor: hover },
          },
        },
      },
    },
  };
  return theme;
}
