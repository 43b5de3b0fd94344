import { inspect } from 'node:util';
import { gettersOf, isolatedCopy } from './isolated-copy.ts';

/**
 * Creates the function that shows shared objects as views, which cannot be changed. A view has the fields of its object. Those
 * that `isolatedCopy` copies are copied each time they are read, so one view serves every request. An object without such fields
 * is its own view.
 */
export function createIsolatedViews(): <T extends object>(shared: T) => T {
  const views = new WeakMap<object, object>();
  const shown = new WeakMap<object, object>();
  /** By name. All views of objects with the same fields have the same getters, and so the same shape. */
  const fields = new Map<string, PropertyDescriptor>();

  function createField(name: string): PropertyDescriptor {
    return {
      enumerable: true,
      get(this: object) {
        return isolatedCopy((shown.get(this) as Record<string, unknown> | undefined)?.[name]);
      },
    };
  }

  function fieldOf(name: string): PropertyDescriptor {
    const field = fields.get(name) ?? createField(name);
    fields.set(name, field);
    return field;
  }

  function createView<T extends object>(shared: T): T {
    const view: Record<string, unknown> = {};
    let isCopied = false;
    for (const [name, value] of Object.entries<unknown>(shared as Record<string, unknown>)) {
      const isShared = isolatedCopy(value) === value;
      if (isShared) view[name] = value;
      else Object.defineProperty(view, name, fieldOf(name));
      isCopied ||= !isShared;
    }
    if (!isCopied) return shared;
    Object.defineProperties(view, gettersOf(shared));
    Object.defineProperty(view, inspect.custom, logged);
    shown.set(view, shared);
    return Object.freeze(view) as T;
  }

  return function viewOf<T extends object>(shared: T): T {
    const known = views.get(shared);
    if (known !== undefined) return known as T;
    const view = createView(shared);
    views.set(shared, view);
    return view;
  };
}

/** Logs the values. Node would log that there are getters. */
const logged: PropertyDescriptor = {
  value(this: object) {
    return { ...this };
  },
};
