// The order in which RabbitMQ sorts what its API lists: Erlang's order of terms, texts by their bytes.

/** Numbers before words (false, null, true), then lists and objects, then texts. What is missing counts as 0. */
export function compareTerms(one: unknown, other: unknown): number {
  const left = one ?? (one === null ? null : 0);
  const right = other ?? (other === null ? null : 0);
  const kinds = rankOf(left) - rankOf(right);
  if (kinds !== 0) return kinds;
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'object' && left !== null) {
    return compareTexts(JSON.stringify(left), JSON.stringify(right));
  }
  return compareTexts(String(left), String(right));
}

function rankOf(value: unknown): number {
  if (typeof value === 'number') return 0;
  if (typeof value === 'boolean' || value === null) return 1;
  return typeof value === 'string' ? 3 : 2;
}

/** By code points, which is the order of their bytes in UTF-8. */
export function compareTexts(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const left = one.charCodeAt(at);
    const right = other.charCodeAt(at);
    if (left !== right) return afterSurrogates(left) - afterSurrogates(right);
  }
  return one.length - other.length;
}

/** Code points above U+FFFF come last, though their surrogates lie below U+E000. */
function afterSurrogates(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x2000 : unit >= 0xe000 ? unit - 0x800 : unit;
}
