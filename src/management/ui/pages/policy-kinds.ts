// The two kinds of policies: a user's, and an operator's that bounds it.

export interface PolicyKind {
  /** In the API's address and in the page's. */
  readonly name: string;
  readonly title: string;
  readonly noun: string;
}

export const USER_POLICIES: PolicyKind = {
  name: 'policies',
  title: 'Policies',
  noun: 'policy',
};

export const OPERATOR_POLICIES: PolicyKind = {
  name: 'operator-policies',
  title: 'Operator policies',
  noun: 'operator policy',
};

export const POLICY_KINDS = [USER_POLICIES, OPERATOR_POLICIES] as const;
