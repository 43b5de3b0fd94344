import { type EntityMetadata, ReferenceKind } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';

/** The relations to join, as a tree: `{ organization: { owner: {} } }`. */
export interface PopulateTree {
  readonly [relation: string]: PopulateTree;
}

/**
 * Turns paths such as `['user', 'user.organization']` into a tree.
 * @throws DurinUsageError naming the first path with a step that is not a to-one relation
 */
export function toPopulateTree(paths: readonly string[], root: EntityMetadata): PopulateTree {
  const tree: Record<string, PopulateTree> = {};
  for (const path of paths) {
    let node = tree;
    let meta = root;
    for (const name of path.split('.')) {
      const property = meta.properties[name];
      const isToOne = property?.kind === ReferenceKind.MANY_TO_ONE || property?.kind === ReferenceKind.ONE_TO_ONE;
      if (!isToOne || property.targetMeta === undefined || property.polymorphic) {
        throw new DurinUsageError(
          `populate: '${path}' must lead through to-one relations only, and '${name}' is none of ${meta.className}`,
        );
      }
      const subtree = node[name] ?? {};
      node[name] = subtree;
      node = subtree;
      meta = property.targetMeta;
    }
  }
  return tree;
}
