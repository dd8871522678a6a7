// The `$names` of one run: a name first used by the client is fresh, unique to the run; others are captured.
import { randomBytes } from 'node:crypto';

export class Variables {
  readonly #values = new Map<string, string>();
  readonly #run = randomBytes(4).toString('hex');

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  /** What the client says: unknown names are made up. */
  expandFresh(text: string): string {
    return this.#expand(text, (name) => {
      const fresh = `${name}-${this.#run}`;
      this.#values.set(name, fresh);
      return fresh;
    });
  }

  /** What the broker should say: every name must be known. */
  expandKnown(text: string): string {
    return this.#expand(text, (name) => {
      throw new Error(`$${name} was not used before`);
    });
  }

  #expand(text: string, unknown: (name: string) => string): string {
    return text.replace(/\$(\$|\{([a-z]\w*)\}|[a-z]\w*)/g, (_, name: string, braced?: string) => {
      if (name === '$') return '$';
      const plain = braced ?? name;
      return this.#values.get(plain) ?? unknown(plain);
    });
  }
}
