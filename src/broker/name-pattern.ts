// A pattern that a user wrote to choose names, as the core asks it. It is compiled in `auth/`, because
// user input must be matched in bounded steps, and that takes an engine.

export interface NamePattern {
  readonly text: string;
  /** True when it is found anywhere in the name. The steps are linear in the name. */
  matches(name: string): boolean;
}

/** The pattern, or the reason why there is none, as RabbitMQ words it. */
export type CompilePattern = (text: string) => NamePattern | string;
