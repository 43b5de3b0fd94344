/** Something that is due at an instant. It belongs to one queue. */
export interface Due {
  /** Milliseconds of the queue's clock. Call `set` when it has changed. */
  readonly dueAt: number;
  /** Its place in the queue; `null`: it is in none. */
  place: number | null;
}

/** A binary heap, whose first item is due first. The items know their places, so that any of them is moved or removed. */
export class DueQueue<T extends Due> {
  readonly #items: T[] = [];

  get first(): T | undefined {
    return this.#items[0];
  }

  /** Adds an item, or moves it to where it belongs now. */
  set(item: T): void {
    const place = item.place ?? this.#items.length;
    this.#put(item, place);
    this.#settle(item, place);
  }

  delete(item: T): void {
    const { place } = item;
    if (place === null) return;
    item.place = null;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#put(last, place);
    this.#settle(last, place);
  }

  /** Moves an item up while it is due before its parent, and then down while a child is due before it. */
  #settle(item: T, from: number): void {
    let place = from;
    for (let other = this.#parent(place); other !== undefined && item.dueAt < other.dueAt; other = this.#parent(place))
      place = this.#swap(place, other);
    for (let other = this.#child(place); other !== undefined && other.dueAt < item.dueAt; other = this.#child(place))
      place = this.#swap(place, other);
    this.#put(item, place);
  }

  /** Puts another item at a place, and returns the place that it had. */
  #swap(place: number, other: T): number {
    const freed = other.place ?? place;
    this.#put(other, place);
    return freed;
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }

  #parent(place: number): T | undefined {
    return place === 0 ? undefined : this.#items[(place - 1) >> 1];
  }

  /** The child that is due first. */
  #child(place: number): T | undefined {
    const [left, right] = [this.#items[2 * place + 1], this.#items[2 * place + 2]];
    return right !== undefined && left !== undefined && right.dueAt < left.dueAt ? right : left;
  }
}
