// The header with the reason for which connections are closed: a line of UTF-8, which HTTP carries octet by octet.

export function reasonHeader(reason: string | undefined): Readonly<Record<string, string>> {
  if (reason === undefined) return {};
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no header may hold them
  const line = reason.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return { 'x-reason': Buffer.from(line, 'utf8').toString('latin1') };
}
