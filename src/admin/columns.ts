// Fields of a view by their dotted path (`message_stats.publish_details.rate`), as `columns` and `sort`
// name them.

export type View = Readonly<Record<string, unknown>>;

/** Undefined where the path leads nowhere. */
export function fieldAt(view: unknown, path: readonly string[]): unknown {
  let value = view;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as View)[key];
  }
  return value;
}

/** Makes views with the wanted fields only. Names that a view does not have are passed over. */
export function projection(columns: readonly string[]): (view: View) => View {
  const paths = columns.map((column) => column.split('.'));
  return (view) => {
    const projected: Record<string, unknown> = Object.create(null);
    for (const path of paths) copyField(view, projected, path);
    return projected;
  };
}

function copyField(from: View, to: Record<string, unknown>, path: readonly string[]): void {
  const value = fieldAt(from, path);
  if (value === undefined) return;
  let source: unknown = from;
  let target = to;
  for (const key of path.slice(0, -1)) {
    source = fieldAt(source, [key]);
    // The whole of it was asked for as well.
    if (target[key] === source) return;
    target = (target[key] ??= Object.create(null)) as Record<string, unknown>;
  }
  target[path.at(-1) as string] = value;
}
