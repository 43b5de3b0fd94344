import { defaultTheme, type RaThemeOptions } from 'react-admin';
import { dark, light, type Palette } from './palette.ts';

const systemFont =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "Helvetica Neue", Arial, sans-serif';

export const lightTheme = createTheme(light);
export const darkTheme = createTheme(dark);

function createTheme({
  mode,
  accent,
  onAccent,
  ground,
  card,
  raised,
  line,
  edge,
  text,
  muted,
  good,
  bad,
  tint,
}: Palette) {
  const theme: RaThemeOptions = {
    ...defaultTheme,
    palette: {
      mode,
      primary: { main: accent, contrastText: onAccent },
      secondary: { main: accent, contrastText: onAccent },
      error: { main: bad },
      success: { main: good },
      info: { main: accent },
      background: { default: ground, paper: card },
      text: { primary: text, secondary: muted },
      divider: line,
      action: { hover: raised },
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
      MuiDialog: {
        styleOverrides: { paper: { border: `1px solid ${line}`, borderRadius: 12, overflowWrap: 'anywhere' } },
      },
      MuiAlert: { styleOverrides: { message: { overflowWrap: 'anywhere' } } },
      MuiSnackbarContent: { styleOverrides: { message: { overflowWrap: 'anywhere' } } },
      MuiMenu: {
        styleOverrides: { paper: { border: `1px solid ${line}`, boxShadow: '0 8px 24px rgb(0 0 0 / 0.16)' } },
      },
      MuiAutocomplete: {
        ...defaultTheme.components?.MuiAutocomplete,
        styleOverrides: { paper: { border: `1px solid ${line}`, boxShadow: '0 8px 24px rgb(0 0 0 / 0.16)' } },
      },
      MuiAppBar: {
        defaultProps: { color: 'inherit', elevation: 0 },
        styleOverrides: { root: { backgroundColor: card, color: text, borderBottom: `1px solid ${line}` } },
      },
      MuiButton: {
        defaultProps: { disableElevation: true },
        variants: [{ props: { variant: 'outlined', color: 'inherit' }, style: { borderColor: edge } }],
      },
      MuiOutlinedInput: { styleOverrides: { notchedOutline: { borderColor: edge } } },
      MuiTextField: { defaultProps: { variant: 'outlined', size: 'small', margin: 'dense', fullWidth: true } },
      MuiFormControl: { defaultProps: { variant: 'outlined', size: 'small', margin: 'dense', fullWidth: true } },
      MuiFormHelperText: { styleOverrides: { root: { marginBottom: 4 } } },
      MuiTooltip: { defaultProps: { enterDelay: 300 } },
      MuiTableCell: {
        styleOverrides: {
          root: { borderBottomColor: line },
          head: { color: muted, fontWeight: 600, fontSize: '0.8125rem', whiteSpace: 'nowrap' },
        },
      },
      MuiTableRow: {
        styleOverrides: { root: { '&:last-of-type > td, &:last-of-type > th[scope=row]': { borderBottom: 0 } } },
      },
      RaDataTable: {
        styleOverrides: {
          root: {
            '& .RaDataTable-headerCell': { backgroundColor: card },
            '& .MuiTableCell-root': { paddingBlock: 10 },
          },
        },
      },
      RaLoading: { styleOverrides: { root: { '& .RaLoading-message': { fontFamily: systemFont } } } },
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
            color: muted,
            '& .MuiListItemIcon-root, & .RaMenuItemLink-icon': { color: 'inherit', minWidth: 36 },
            '&.RaMenuItemLink-active': { color: accent, fontWeight: 600, backgroundColor: tint },
          },
        },
      },
    },
  };
  return theme;
}
