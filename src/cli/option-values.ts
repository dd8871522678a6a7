// Values of options and arguments: numbers, JSON, `key=value`. A mistake names the option and what would be right.

import { InvalidArgumentError } from 'commander';
import { isView, type View } from './output/view.ts';

/** For commander: a whole number of at least `least`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= least && value <= most) return value;
    const bound = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
    throw new InvalidArgumentError(`It takes a whole number, ${bound}.`);
  };
}

/** For commander: an object in JSON. */
export function jsonObject(text: string): View {
  const value = parseJson(text);
  if (isView(value)) return value;
  throw new InvalidArgumentError('It takes a JSON object, such as {"max-length":1000}.');
}

/** For commander: `key=value`, repeated. The value is JSON where it can be read so, and text otherwise. */
export function keyValue(text: string, earlier: View = {}): View {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('It takes key=value.');
  const value = text.slice(equals + 1);
  const parsed = parseJson(value);
  return { ...earlier, [text.slice(0, equals)]: parsed === undefined ? value : parsed };
}

/** For commander: an option that may be repeated. */
export function repeated(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
