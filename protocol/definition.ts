// The shape of amqp-0-9-1.json: the protocol as data, read by the renderers beside this file.

export type WireType =
  | 'octet'
  | 'short'
  | 'long'
  | 'longlong'
  | 'shortstr'
  | 'longstr'
  | 'table'
  | 'bit';

export interface FieldDefinition {
  readonly name: string;
  readonly type: WireType;
  /** Written as zero or empty, skipped when read, no property of the method's interface. */
  readonly reserved?: boolean;
}

export interface MethodDefinition {
  readonly name: string;
  readonly id: number;
  readonly from: 'client' | 'server' | 'both';
  readonly synchronous: boolean;
  readonly hasContent: boolean;
  /** Names of the methods of the same class that answer this one. */
  readonly replies: readonly string[];
  readonly fields: readonly FieldDefinition[];
}

export interface ClassDefinition {
  readonly name: string;
  readonly id: number;
  /** Content properties in wire order, most significant flag bit first. */
  readonly properties?: readonly { readonly name: string; readonly type: string }[];
  readonly methods: readonly MethodDefinition[];
}

export interface ReplyCodeDefinition {
  readonly code: number;
  readonly name: string;
  readonly scope?: 'soft' | 'hard';
}

export interface ProtocolDefinition {
  readonly version: { readonly major: number; readonly minor: number; readonly revision: number };
  readonly replyCodes: readonly ReplyCodeDefinition[];
  readonly classes: readonly ClassDefinition[];
}
