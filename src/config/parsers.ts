// How the text of a configuration value becomes a typed value. A parser answers undefined for text
// that it does not take, and says what it expects; the caller knows key and place.

export interface Parser<T> {
  /** Completes the sentence "must be …". */
  readonly expects: string;
  parse(text: string): T | undefined;
}

export const text: Parser<string> = {
  expects: 'a text that is not empty',
  parse: (value) => (value === '' ? undefined : value),
};

export const anyText: Parser<string> = { expects: 'a text', parse: (value) => value };

/** Of URLs: begins with a slash, does not end with one. */
export const pathPrefix: Parser<string> = {
  expects: 'a path such as /warren',
  parse: (value) => (/^(?:\/[\w.~-]+)+$/.test(value) ? value : undefined),
};

const booleans: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['on', true],
  ['false', false],
  ['off', false],
]);

export const boolean: Parser<boolean> = {
  expects: 'true or false',
  parse: (value) => booleans.get(value.toLowerCase()),
};

export function integer(least: number, most: number): Parser<number> {
  return {
    expects: `a whole number from ${least} to ${most}`,
    parse: (value) => (/^\d{1,15}$/.test(value) ? within(Number(value), least, most) : undefined),
  };
}

/** A whole number, or `infinity` for no bound (RabbitMQ's word). */
export function integerOrInfinity(least: number, most: number): Parser<number> {
  const finite = integer(least, most);
  return {
    expects: `${finite.expects}, or infinity`,
    parse: (value) => (value === 'infinity' ? Number.POSITIVE_INFINITY : finite.parse(value)),
  };
}

export function decimal(least: number, most: number): Parser<number> {
  return {
    expects: `a number from ${least} to ${most}`,
    parse: (value) =>
      /^\d{1,9}(\.\d{1,9})?$/.test(value) ? within(Number(value), least, most) : undefined,
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): Parser<T> {
  return {
    expects: `one of ${words.join(', ')}`,
    parse: (value) => words.find((word) => word === value),
  };
}

/** RabbitMQ's units: K, Ki, KiB count in 1024s; KB in 1000s; the same for M, G, T. */
const unitPattern = /^(\d{1,15})(?:\s*([kmgt])(i?b|i)?)?$/i;
const unitPowers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4 };

export function bytes(least: number, most: number): Parser<number> {
  return {
    expects: `a size from ${least} to ${most} bytes, such as 512MiB or 2GB`,
    parse: (value) => {
      const match = unitPattern.exec(value);
      if (match === null) return undefined;
      const [, digits, unit, suffix] = match;
      const base = suffix?.toLowerCase() === 'b' ? 1_000 : 1_024;
      const factor = unit === undefined ? 1 : base ** (unitPowers[unit.toLowerCase()] ?? 0);
      return within(Number(digits) * factor, least, most);
    },
  };
}

export interface ConfiguredListener {
  /** Undefined: the address of the key `bind_address`. */
  readonly host: string | undefined;
  readonly port: number;
}

/** `5672`, `127.0.0.1:5672`, `localhost:5672`, `[::1]:5672` or, as RabbitMQ takes it, `::1:5672`. */
export const listener: Parser<ConfiguredListener> = {
  expects: 'a port from 0 to 65535, or address:port such as 127.0.0.1:5672 or [::1]:5672',
  parse: (value) => {
    const match = /^(?:(?:\[([0-9a-f:.%]+)\]|([^[\]\s]+)):)?(\d{1,5})$/i.exec(value);
    if (match === null) return undefined;
    const port = within(Number(match[3]), 0, 65_535);
    return port === undefined ? undefined : { host: match[1] ?? match[2], port };
  },
};

function within(value: number, least: number, most: number): number | undefined {
  return value >= least && value <= most ? value : undefined;
}
