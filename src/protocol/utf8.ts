// Strict UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF), checked without a copy.

export function isUtf8(buffer: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const lead = buffer[at] as number;
    if (lead < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(lead);
    if (length === 0 || at + length > end) return false;
    if (!isSecondOctet(lead, buffer[at + 1] as number)) return false;
    for (let i = 2; i < length; i++) {
      if (((buffer[at + i] as number) & 0xc0) !== 0x80) return false;
    }
    at += length;
  }
  return true;
}

/** 0 for an octet that begins no sequence; 0xc0 and 0xc1 would be overlong. */
function sequenceLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

function isSecondOctet(lead: number, octet: number): boolean {
  if (lead === 0xe0) return octet >= 0xa0 && octet <= 0xbf;
  if (lead === 0xed) return octet >= 0x80 && octet <= 0x9f;
  if (lead === 0xf0) return octet >= 0x90 && octet <= 0xbf;
  if (lead === 0xf4) return octet >= 0x80 && octet <= 0x8f;
  return octet >= 0x80 && octet <= 0xbf;
}
