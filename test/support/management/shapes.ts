// Whether an answer has all that another one has: every key, with a value of the same type.

/** A type (or several, `string|null`; `any`), a list of one shape, or an object of shapes. */
export type Shape = string | readonly Shape[] | { readonly [key: string]: Shape };

export interface Exceptions {
  /** Paths of keys that may be missing. */
  readonly absent?: readonly RegExp[];
  /** Paths whose type may be another. */
  readonly otherTypes?: readonly RegExp[];
}

/** One line for each thing that is missing or of another type. */
export function differences(
  path: string,
  shape: Shape,
  value: unknown,
  exceptions: Exceptions = {},
): string[] {
  const { absent = [], otherTypes = [] } = exceptions;
  const isOther = (at: string) => otherTypes.some((one) => one.test(at));
  if (typeof shape === 'string') {
    const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
    const isSame = shape === 'any' || shape.split('|').includes(type) || isOther(path);
    return isSame ? [] : [`${path} is ${type}, not ${shape}`];
  }
  if (Array.isArray(shape)) {
    if (isOther(path)) return [];
    if (!Array.isArray(value)) return [`${path} is no list`];
    const [item] = shape as readonly Shape[];
    if (item === undefined) return [];
    if (value.length === 0) return [`${path} is empty`];
    return value.flatMap((each) => differences(`${path}[]`, item, each, exceptions));
  }
  if (typeof value !== 'object' || value === null) return [`${path} is no object`];
  return Object.entries(shape).flatMap(([key, inner]) => {
    const below = `${path}.${key}`;
    if (isOther(below) && Object.hasOwn(value, key)) return [];
    if (Object.hasOwn(value, key)) {
      return differences(below, inner, (value as Record<string, unknown>)[key], exceptions);
    }
    return absent.some((one) => one.test(below)) ? [] : [`${below} is missing`];
  });
}
