// Values as Erlang prints them, because RabbitMQ's reply texts contain them and clients match on those.
// Long terms stay on one line here (Erlang folds them at 80 columns).

/** A reply text has 255 octets and each printed octet takes two of them or more. */
const LISTED_OCTETS_MAX = 128;

/** `<<0,60,255>>` always as numbers (~w). */
export function formatOctetList(buffer: Buffer, start: number, end: number): string {
  return `<<${buffer.subarray(start, Math.min(end, start + LISTED_OCTETS_MAX)).join(',')}>>`;
}

/** `<<"abc">>` when every octet is printable, otherwise as numbers (~p). */
export function formatOctets(buffer: Buffer, start: number, end: number): string {
  if (start === end) return '<<>>';
  let text = '';
  for (let i = start; i < end; i++) {
    const escaped = printable(buffer[i] as number);
    if (escaped === undefined) return formatOctetList(buffer, start, end);
    text += escaped;
  }
  // RabbitMQ sends these octets as they are, so what was UTF-8 stays UTF-8.
  return `<<"${Buffer.from(text, 'latin1').toString('utf8')}">>`;
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x1b, '\\e'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

function printable(octet: number): string | undefined {
  const escaped = ESCAPES.get(octet);
  if (escaped !== undefined) return escaped;
  const isLatin1 = (octet >= 0x20 && octet <= 0x7e) || octet >= 0xa0;
  return isLatin1 ? String.fromCharCode(octet) : undefined;
}

/**
 * The shortest digits that read back as the same double, in the shorter of the two notations, and
 * always with a decimal point: 5.0, 1.0e5, 0.001.
 */
export function formatDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const sign = value < 0 ? '-' : '';
  const [mantissa = '', exponentText = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(exponentText);
  // Erlang writes integers a double cannot tell apart with an exponent.
  if (Math.abs(value) >= 2 ** 53) return sign + scientific(digits, exponent);
  // The number is 0.DIGITS times ten to the power of `place`.
  const place = exponent + 1;
  if (place > 0 && place < digits.length) {
    return `${sign}${digits.slice(0, place)}.${digits.slice(place)}`;
  }
  if (place === 0) return `${sign}0.${digits}`;
  const scientificCost = String(exponent).length + 1 + (digits.length === 1 ? 2 : 1);
  const zeros = place < 0 ? -place : place - digits.length;
  if (zeros + 2 > scientificCost) return sign + scientific(digits, exponent);
  const padding = '0'.repeat(zeros);
  return sign + (place < 0 ? `0.${padding}${digits}` : `${digits}${padding}.0`);
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.length === 1 ? '0' : digits.slice(1);
  return `${digits.charAt(0)}.${fraction}e${exponent}`;
}
