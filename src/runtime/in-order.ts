// Work that overlaps: several items are in work at once, and what comes of them is given in their order.

/**
 * What `begin` gives for each item, beside the item, in order. An item is taken when fewer than `atOnce` are in work and what was given before
 * has been used. A failure is thrown in its turn, and ends the iteration; what is in work then is waited for.
 */
export async function* inOrder<Item, Given>(
  items: AsyncIterable<Item> | Iterable<Item>,
  atOnce: number,
  begin: (item: Item) => Promise<Given>,
): AsyncGenerator<readonly [Item, Given], undefined> {
  const inWork: { readonly item: Item; readonly given: Promise<Given> }[] = [];
  const first = async (): Promise<readonly [Item, Given]> => {
    const { item, given } = inWork.shift()!;
    return [item, await given];
  };
  try {
    for await (const item of items) {
      const given = begin(item);
      // Its failure is thrown where it is awaited, which may be later.
      given.catch(() => {});
      inWork.push({ item, given });
      if (inWork.length === atOnce) yield await first();
    }
    while (inWork.length > 0) yield await first();
  } finally {
    await Promise.allSettled(inWork.map(({ given }) => given));
  }
}
