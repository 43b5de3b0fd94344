import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A file of src/, client/ or admin-page/, as the tests of this folder read it. */
export interface SourceFile {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The text without its comments. */
  readonly code: string;
  /** What it imports when it runs: the same, without what is imported as a type. */
  readonly loads: readonly string[];
  /** What it imports, also as a type: paths from the root for its own files, else the specifier. */
  readonly imports: readonly string[];
}

export function readSourceFiles(folder: 'src' | 'client' | 'admin-page'): SourceFile[] {
  const paths = globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root }).map((path) => path.replaceAll('\\', '/'));
  return paths.toSorted().map((path) => toSourceFile(path, readFileSync(join(root, path), 'utf8')));
}

/** Every file in these folders that git knows or would add, from the repository's root. */
export function listFiles(folders: readonly string[]): string[] {
  const options = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...folders];
  return execFileSync('git', options, { cwd: root, encoding: 'utf8' }).trim().split('\n');
}

export function readPackageJson(): PackageJson {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as PackageJson;
}

export interface PackageJson {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly exports: Readonly<
    Record<string, string | { readonly production?: null; readonly types: string; readonly default: string }>
  >;
}

export function toSourceFile(path: string, text: string): SourceFile {
  const code = withoutComments(text);
  const found = (part: string) =>
    [...new Set(specifiersOf(part))].map((specifier) =>
      specifier.startsWith('.') ? normalize(join(dirname(path), specifier)).replaceAll('\\', '/') : specifier,
    );
  return { path, text, code, imports: found(code), loads: found(code.replaceAll(/^(?:im|ex)port type [^;]*;/gm, '')) };
}

/** Formatted code only: a comment has its own line, or follows the code after a blank. */
function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:\/\*\*?|\*|\/\/).*$/gm, '').replaceAll(/\s\/\/ .*$/gm, '');
}

const forms = [
  /^import (?:type )?[\w\s{},*$]+ from '([^']+)'/gm,
  /^export (?:type )?(?:\{[^}]*\}|\*(?: as \w+)?) from '([^']+)'/gm,
  /^import '([^']+)'/gm,
  /\bimport\(\s*'([^']+)'\s*[,)]/g,
];

function specifiersOf(code: string): string[] {
  return forms.flatMap((form) => [...code.matchAll(form)].map(([, specifier = '']) => specifier));
}
