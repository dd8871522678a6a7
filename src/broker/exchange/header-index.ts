// Which rules of a headers exchange a message may match: found by the names and values of its headers,
// so that a message costs its headers, not the bindings. May report a rule that does not match (the
// caller compares), never misses one, and may report one twice.

import type { FieldTable, FieldValue } from '../../protocol/field-table.ts';

export interface HeaderCondition {
  readonly header: string;
  /** A void value asks only that the header is there. */
  readonly value: FieldValue;
}

/** What a binding asks of a message's headers. */
export interface HeaderRule {
  readonly needsAll: boolean;
  readonly conditions: readonly HeaderCondition[];
}

/** The rules found by one header. */
interface NamedRules<R> {
  /** Those that ask for the header, whatever its value. */
  readonly present: Set<R>;
  /** Those that ask for a value, by `valueKey`. */
  readonly byValue: Map<string, Set<R>>;
}

export class HeaderIndex<R extends HeaderRule> {
  readonly #byHeader = new Map<string, NamedRules<R>>();
  /** Rules of `all` without conditions: they match every message. */
  readonly #unconditional = new Set<R>();

  add(rule: R): void {
    if (!rule.needsAll) {
      for (const condition of rule.conditions) this.#rulesOf(condition).add(rule);
    } else if (rule.conditions.length === 0) this.#unconditional.add(rule);
    else this.#rulesOf(this.#rarest(rule)).add(rule);
  }

  remove(rule: R): void {
    this.#unconditional.delete(rule);
    for (const { header, value } of rule.conditions) {
      const named = this.#byHeader.get(header);
      if (named === undefined) continue;
      named.present.delete(rule);
      const key = valueKey(value);
      const rules = named.byValue.get(key);
      rules?.delete(rule);
      if (rules?.size === 0) named.byValue.delete(key);
      if (named.present.size + named.byValue.size === 0) this.#byHeader.delete(header);
    }
  }

  /** Calls back with each rule that may match. */
  find(headers: FieldTable, callback: (rule: R) => void): void {
    this.#unconditional.forEach(callback);
    if (this.#byHeader.size === 0) return;
    for (const [header, value] of headers) {
      const named = this.#byHeader.get(header);
      if (named === undefined) continue;
      named.present.forEach(callback);
      if (named.byValue.size > 0) named.byValue.get(valueKey(value))?.forEach(callback);
    }
  }

  /** A message has to meet every condition, so one is enough to find the rule: the most telling one. */
  #rarest(rule: R): HeaderCondition {
    let rarest = rule.conditions[0] as HeaderCondition;
    let fewest = Number.POSITIVE_INFINITY;
    for (const condition of rule.conditions) {
      const named = this.#byHeader.get(condition.header);
      const isVoid = condition.value.type === 'V';
      const size = isVoid
        ? named?.present.size
        : named?.byValue.get(valueKey(condition.value))?.size;
      // A name alone tells less than a value, as long as both are rare.
      const cost = (size ?? 0) + (isVoid ? 1 : 0);
      if (cost >= fewest) continue;
      rarest = condition;
      fewest = cost;
    }
    return rarest;
  }

  #rulesOf({ header, value }: HeaderCondition): Set<R> {
    let named = this.#byHeader.get(header);
    if (named === undefined) {
      named = { present: new Set(), byValue: new Map() };
      this.#byHeader.set(header, named);
    }
    if (value.type === 'V') return named.present;
    const key = valueKey(value);
    let rules = named.byValue.get(key);
    if (rules === undefined) {
      rules = new Set();
      named.byValue.set(key, rules);
    }
    return rules;
  }
}

/** Equal for all values that the headers exchange takes for equal; a few others may share a key. */
function valueKey({ type, value }: FieldValue): string {
  if (typeof value === 'number') return `n${numberText(value)}`;
  if (typeof value === 'bigint') return `n${value}`;
  if (Buffer.isBuffer(value)) return `s${value.toString('latin1')}`;
  return type === 't' ? `t${value}` : type;
}

/** As a bigint of the same value prints itself. */
function numberText(value: number): string {
  return Number.isSafeInteger(value) || !Number.isInteger(value)
    ? String(value)
    : BigInt(value).toString();
}
