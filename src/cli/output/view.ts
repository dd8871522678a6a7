// The API's objects as the commands read them: JSON whose fields may be absent.

export type View = Readonly<Record<string, unknown>>;

export function isView(value: unknown): value is View {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field at a dotted path. */
export function at(view: unknown, path: string): unknown {
  let value = view;
  for (const key of path.split('.')) {
    if (!isView(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

export function countAt(view: unknown, path: string): number {
  const value = at(view, path);
  return typeof value === 'number' ? value : 0;
}

export function textAt(view: unknown, path: string): string {
  const value = at(view, path);
  return typeof value === 'string' ? value : '';
}

export function viewsAt(view: unknown, path: string): readonly View[] {
  const value = at(view, path);
  return Array.isArray(value) ? value.filter(isView) : [];
}
