// A payload as bytes, and the three ways to look at it.

export interface EncodedPayload {
  readonly payload: string;
  /** `string` or `base64`. */
  readonly payload_encoding: string;
}

export function payloadBytes({
  payload,
  payload_encoding,
}: EncodedPayload): Uint8Array<ArrayBuffer> {
  if (payload_encoding !== 'base64') return new TextEncoder().encode(payload);
  return Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
}

/** Undefined when the bytes are no UTF-8. */
export function payloadText(bytes: Uint8Array<ArrayBuffer>): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Undefined when the text is no JSON object or list: a bare number reads better as it came. */
export function prettyJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return undefined;
  }
}

const BYTES_PER_LINE = 16;

/** Offset, bytes, characters: as hexdump -C writes them. At most so many bytes; the caller says that there are more. */
export function hexDump(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): string {
  const lines: string[] = [];
  for (let offset = 0; offset < Math.min(bytes.length, maxBytes); offset += BYTES_PER_LINE) {
    const row = [...bytes.subarray(offset, Math.min(offset + BYTES_PER_LINE, maxBytes))];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0'));
    const left = hex.slice(0, 8).join(' ').padEnd(23);
    const right = hex.slice(8).join(' ').padEnd(23);
    const text = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.'));
    lines.push(`${offset.toString(16).padStart(8, '0')}  ${left}  ${right}  |${text.join('')}|`);
  }
  return lines.join('\n');
}

export interface JsonToken {
  readonly kind: 'key' | 'string' | 'number' | 'word' | 'mark';
  readonly text: string;
}

/** The pieces of JSON that prettyJson wrote, for colours. */
export function jsonTokens(json: string): JsonToken[] {
  const pattern = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d[\d.eE+-]*|true|false|null|[^"\dtfn-]+/g;
  return [...json.matchAll(pattern)].map(([text, colon]) => ({ kind: kindOf(text, colon), text }));
}

function kindOf(text: string, colon: string | undefined): JsonToken['kind'] {
  if (colon !== undefined) return 'key';
  if (text.startsWith('"')) return 'string';
  if (/^-?\d/.test(text)) return 'number';
  return /^[tfn]/.test(text) ? 'word' : 'mark';
}

/** In pieces: String.fromCharCode takes as many arguments as the stack holds. */
export function bytesBase64(bytes: Uint8Array<ArrayBuffer>): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}
