// Which policies apply to a queue or exchange, and what they ask of it together.

/** What JSON can hold: the values of a policy's definition. */
export type PolicyValue =
  | string
  | number
  | boolean
  | null
  | readonly PolicyValue[]
  | { readonly [key: string]: PolicyValue };

/** By policy key, sorted. */
export type PolicyDefinition = ReadonlyMap<string, PolicyValue>;

/** One object for all that the same two policies apply to, so that a change of them is seen by identity. */
export interface AppliedPolicies {
  /** Names, as the management API shows them. */
  readonly policy: string | undefined;
  readonly operatorPolicy: string | undefined;
  /** Both definitions merged: RabbitMQ's effective_policy_definition. */
  readonly definition: PolicyDefinition;
}

export const NO_POLICIES: AppliedPolicies = {
  policy: undefined,
  operatorPolicy: undefined,
  definition: new Map(),
};
