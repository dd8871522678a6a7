// What the generated table METHODS says about a method: enough to build and print any method by name.

export type WireType =
  | 'octet'
  | 'short'
  | 'long'
  | 'longlong'
  | 'shortstr'
  | 'longstr'
  | 'table'
  | 'bit';

export interface FieldSpec {
  /** Property of the method's interface: `noWait`. */
  readonly name: string;
  /** AMQP's own spelling: `no-wait`. */
  readonly wireName: string;
  readonly type: WireType;
  /** Written as zero or empty, skipped when read; not a property. */
  readonly isReserved: boolean;
}

export interface MethodSpec {
  /** class id << 16 | method id */
  readonly id: number;
  /** `queue.declare-ok` */
  readonly name: string;
  readonly from: 'client' | 'server' | 'both';
  /** True when the sender waits for one of `replies`. */
  readonly isSynchronous: boolean;
  readonly hasContent: boolean;
  readonly replies: readonly number[];
  /** In wire order, reserved ones included. */
  readonly fields: readonly FieldSpec[];
}
