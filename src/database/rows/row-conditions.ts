import {
  type EntityManager,
  type EntityMetadata,
  type EntityProperty,
  type FilterDef,
  type FilterOptions,
  type MikroORM,
  QueryHelper,
  ReferenceKind,
} from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import type { PopulateTree } from './populate-tree.ts';

/** The option `filters`: by name, whether a filter applies, or the arguments it applies with. */
export type FilterChoices = Readonly<Record<string, boolean | Readonly<Record<string, unknown>>>>;

/** Which rows of a table belong to an entity, as MikroORM's own queries would select them. */
export interface RowConditions {
  /**
   * Returns a condition, with a leading `and`, or nothing. It contains the entity's discriminator, its active filters, and
   * those of the relations that it cannot be without.
   * @param tree the relations that are joined
   */
  ofEntity(meta: EntityMetadata, alias: string, tree: PopulateTree): string;
  /** The other entities whose rows decide about that condition. */
  decidedBy(meta: EntityMetadata, tree: PopulateTree): EntityMetadata[];
  /** The condition of the target of a relation, or nothing if no filter applies to it. */
  ofTarget(property: EntityProperty, alias: string, tree: PopulateTree): string;
  /** Whether a filter may hide the target, so that the relation shows as `null` although the row refers to it. */
  hidesUnjoined(property: EntityProperty): boolean;
}

/** The part of MikroORM's SQL entity managers that is used; `@mikro-orm/core` does not know SQL. */
interface QueryBuilder {
  select(fields: readonly string[]): QueryBuilder;
  where(condition: object): QueryBuilder;
  getFormattedQuery(): string;
}

/**
 * Compiles filters and discriminators to SQL, through MikroORM's query builder. This happens once, when durin is created, so a
 * filter's condition must be known by then.
 */
export function createRowConditions(orm: MikroORM, choices: FilterChoices): RowConditions {
  const em = orm.em as EntityManager & { createQueryBuilder(entity: unknown, alias: string): QueryBuilder };
  const platform = em.getPlatform();
  const globalFilters = withNames(orm.config.get('filters'));
  const joinsForFilters = orm.config.get('autoJoinRefsForFilters');
  refuseUnknownFilters(orm, choices);

  function filtersOf(meta: EntityMetadata, options: FilterOptions | undefined): FilterDef[] {
    const byName = new Map<string, FilterDef>();
    for (const source of [globalFilters, meta.filters]) {
      for (const filter of QueryHelper.getActiveFilters(meta, options, source)) {
        if (!byName.has(filter.name)) byName.set(filter.name, filter);
      }
    }
    return [...byName.values()];
  }

  /** The conditions of an entity's filters, and of the relations whose filters hide the entity itself. */
  function conditionsOf(meta: EntityMetadata, tree: PopulateTree, options: FilterOptions | undefined): object[] {
    const own = filtersOf(meta, options).map((filter) => conditionOf(filter, meta, options));
    const ofRelations = meta.relations.filter(isFilterable).flatMap((property): object[] => {
      const target = property.targetMeta as EntityMetadata;
      const subtree = tree[property.name];
      if (subtree === undefined && !joinsForFilters) return [];
      const behind = optionsBehind(property, options);
      const conditions =
        subtree === undefined
          ? filtersOf(target, behind).map((filter) => conditionOf(filter, target, behind))
          : conditionsOf(target, subtree, behind);
      if (conditions.length === 0) return [];
      const isMet = { [property.name]: { $and: conditions } };
      if (!property.nullable) return [isMet];
      const isStrict = filtersOf(target, behind).some(({ strict }) => strict);
      return isStrict ? [{ $or: [{ [property.name]: null }, isMet] }] : [];
    });
    return [...own, ...ofRelations];
  }

  function conditionOf(filter: FilterDef, meta: EntityMetadata, options: FilterOptions | undefined): object {
    if (typeof filter.cond !== 'function') return filter.cond;
    const choice = typeof options === 'object' && !Array.isArray(options) ? options[filter.name] : undefined;
    const condition =
      choice === undefined
        ? undefined
        : filter.cond(typeof choice === 'object' ? choice : {}, 'read', em, undefined, meta.className);
    if (typeof condition === 'object' && condition !== null && !(condition instanceof Promise)) return condition;
    throw new DurinUsageError(
      `filters: the filter '${filter.name}' of ${meta.className} must have a fixed condition, and it is a function. ` +
        `Give its arguments with filters: { ${filter.name}: { … } }, or true if it takes none; or leave it out with ` +
        `filters: { ${filter.name}: false } and state its rule in isUserActive`,
    );
  }

  function compile(meta: EntityMetadata, alias: string, conditions: readonly object[]): string {
    const keys = meta.getPrimaryProps();
    const query = em.createQueryBuilder(meta.class, 'f').select(keys.map(({ name }) => name));
    const sql = (conditions.length === 0 ? query : query.where({ $and: conditions })).getFormattedQuery();
    if (sql.includes('?')) {
      throw new DurinUsageError(
        `filters: a filter of ${meta.className} contains a question mark, which is not supported`,
      );
    }
    const columns = keys.flatMap((key) => key.fieldNames.map((name) => `${alias}.${platform.quoteIdentifier(name)}`));
    return ` and (${columns.join(', ')}) in (${sql})`;
  }

  return {
    ofEntity(meta, alias, tree) {
      const conditions = conditionsOf(meta, tree, choices);
      const isOneOfSeveral = meta.root.inheritanceType === 'sti' && meta.discriminatorValue !== undefined;
      return conditions.length === 0 && !isOneOfSeveral ? '' : compile(meta, alias, conditions);
    },
    decidedBy: (meta, tree) => entitiesIn(conditionsOf(meta, tree, choices), meta),
    ofTarget(property, alias, tree) {
      const target = property.targetMeta as EntityMetadata;
      const conditions = conditionsOf(target, tree, optionsBehind(property, choices));
      return conditions.length === 0 ? '' : compile(target, alias, conditions);
    },
    hidesUnjoined(property) {
      if (!joinsForFilters || !property.nullable || !isFilterable(property)) return false;
      return filtersOf(property.targetMeta as EntityMetadata, optionsBehind(property, choices)).length > 0;
    },
  };
}

/** The targets of the relations that a condition mentions. */
function entitiesIn(condition: unknown, meta: EntityMetadata): EntityMetadata[] {
  if (Array.isArray(condition)) return condition.flatMap((inner) => entitiesIn(inner, meta));
  if (typeof condition !== 'object' || condition === null) return [];
  return Object.entries(condition).flatMap(([key, inner]) => {
    if (key.startsWith('$')) return entitiesIn(inner, meta);
    const target = meta.properties[key]?.targetMeta;
    return target === undefined ? [] : [target, ...entitiesIn(inner, target)];
  });
}

function optionsBehind(property: EntityProperty, options: FilterOptions | undefined): FilterOptions | undefined {
  return QueryHelper.mergePropertyFilters(property.filters, options);
}

function isFilterable({ kind, polymorphic, targetMeta }: EntityProperty): boolean {
  const isToOne = kind === ReferenceKind.MANY_TO_ONE || kind === ReferenceKind.ONE_TO_ONE;
  return isToOne && !polymorphic && targetMeta !== undefined;
}

function withNames<T extends object>(filters: Readonly<Record<string, T>>) {
  return Object.fromEntries(Object.entries(filters).map(([name, filter]) => [name, { ...filter, name }]));
}

function refuseUnknownFilters(orm: MikroORM, choices: FilterChoices): void {
  const all = [...orm.getMetadata().getAll().values()].map(({ filters }) => filters);
  const known = new Set([orm.config.get('filters'), ...all].flatMap((filters) => Object.keys(filters ?? {})));
  const unknown = Object.keys(choices).find((name) => !known.has(name));
  if (unknown === undefined) return;
  throw new DurinUsageError(`filters: '${unknown}' is no filter of an entity or of the config of orm`);
}
