// How names of the definition become names of TypeScript.

/** no-wait → noWait */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** declare-ok → DeclareOk */
export function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

/** declare-ok → DECLARE_OK */
export function constantCase(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}

export function banner(subject: string): string[] {
  return [
    '// Generated from protocol/amqp-0-9-1.json by protocol/generate.ts: do not edit.',
    `// ${subject}`,
  ];
}
