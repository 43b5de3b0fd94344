/** The colours of one theme. They are those of the quickstart's page: both pages belong to one product. */
export interface Palette {
  readonly mode: 'light' | 'dark';
  /** Behind everything. */
  readonly ground: string;
  readonly card: string;
  /** Under the pointer. */
  readonly raised: string;
  readonly line: string;
  /** The borders of controls: 3:1 against their surroundings. */
  readonly edge: string;
  readonly text: string;
  readonly muted: string;
  readonly accent: string;
  readonly onAccent: string;
  readonly good: string;
  readonly bad: string;
  /** Behind the chosen item of a menu. */
  readonly tint: string;
}

export const light: Palette = {
  mode: 'light',
  ground: '#f4f5f8',
  card: '#ffffff',
  raised: '#f4f5f8',
  line: '#dcdfe6',
  edge: '#878d9a',
  text: '#1a1d24',
  muted: '#585f6c',
  accent: '#3451b2',
  onAccent: '#ffffff',
  good: '#18703c',
  bad: '#b4232a',
  tint: '#eaeefb',
};

export const dark: Palette = {
  mode: 'dark',
  ground: '#101217',
  card: '#181b22',
  raised: '#22262f',
  line: '#2e333e',
  edge: '#6b7282',
  text: '#e9ebf0',
  muted: '#a3abb9',
  accent: '#9db1ff',
  onAccent: '#131726',
  good: '#7bd29b',
  bad: '#ff9a94',
  tint: '#222a44',
};
