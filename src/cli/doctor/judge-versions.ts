import { type Finding, ok, problem, warning } from './finding.ts';

/** A package as the app and this package resolve it. */
export interface InstalledPackage {
  readonly name: string;
  /** `null`: it is not found. */
  readonly ofApp: { readonly version: string; readonly folder: string } | null;
  readonly ofDurin: { readonly version: string; readonly folder: string } | null;
}

/** The oldest versions that work, as the package.json says. */
const oldest: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  '@trpc/server': [11, 22],
  '@mikro-orm/core': [7, 2],
  zod: [4, 0],
};

const oldestNode = [22, 17] as const;

export function judgeVersions(node: string, packages: readonly InstalledPackage[]): Finding[] {
  return [judgeNode(node), ...packages.flatMap(judgePackage), ...judgeOrm(packages)];
}

function judgeNode(node: string): Finding {
  if (isOlder(node, oldestNode))
    return problem('node', `Node is ${node}.`, `Use Node ${oldestNode.join('.')} or newer.`);
  return ok('node', `Node is ${node}.`);
}

function judgePackage({ name, ofApp, ofDurin }: InstalledPackage): Finding[] {
  const least = oldest[name];
  if (ofDurin === null || least === undefined) return [];
  if (isOlder(ofDurin.version, least))
    return [problem('versions', `${name} is ${ofDurin.version}.`, `Install ${name} ${least.join('.')} or newer.`)];
  if (ofApp !== null && ofApp.folder !== ofDurin.folder)
    return [
      problem(
        'versions',
        `${name} is installed twice: ${ofApp.version} for the app, and ${ofDurin.version} for trpc-durin.`,
        `Give ${name} one version, and see npm ls ${name}.`,
      ),
    ];
  return [ok('versions', `${name} is ${ofDurin.version}.`)];
}

/** MikroORM's packages accept only their own version of each other. */
function judgeOrm(packages: readonly InstalledPackage[]): Finding[] {
  const all = packages.filter(({ name, ofApp }) => name.startsWith('@mikro-orm/') && ofApp !== null);
  const versions = new Set(all.map(({ ofApp }) => ofApp?.version));
  if (versions.size < 2) return [];
  const list = all.map(({ name, ofApp }) => `${name} ${ofApp?.version}`).join(', ');
  return [warning('versions', `The packages of MikroORM differ: ${list}.`, 'Give all of them one exact version.')];
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}
