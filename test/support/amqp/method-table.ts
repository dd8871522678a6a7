// The methods a test client speaks, written down from the specification for the tests alone, so that
// a slip in the broker's generated codec cannot hide itself. Field names are the specification's.

export type FieldType =
  | 'bit'
  | 'octet'
  | 'short'
  | 'long'
  | 'longlong'
  | 'shortstr'
  | 'longstr'
  | 'table';

export interface MethodShape {
  readonly name: string;
  readonly classId: number;
  readonly methodId: number;
  readonly fields: ReadonlyArray<{ readonly name: string; readonly type: FieldType }>;
  readonly hasContent: boolean;
}

const TYPE_LETTERS: Readonly<Record<string, FieldType>> = {
  b: 'bit',
  o: 'octet',
  h: 'short',
  l: 'long',
  L: 'longlong',
  s: 'shortstr',
  S: 'longstr',
  T: 'table',
};

/** `class.method class-id method-id field:type…`, with `+content` where a content header follows. */
const METHOD_LINES = `
connection.start 10 10 version-major:o version-minor:o server-properties:T mechanisms:S locales:S
connection.start-ok 10 11 client-properties:T mechanism:s response:S locale:s
connection.secure 10 20 challenge:S
connection.secure-ok 10 21 response:S
connection.tune 10 30 channel-max:h frame-max:l heartbeat:h
connection.tune-ok 10 31 channel-max:h frame-max:l heartbeat:h
connection.open 10 40 virtual-host:s capabilities:s insist:b
connection.open-ok 10 41 known-hosts:s
connection.close 10 50 reply-code:h reply-text:s class-id:h method-id:h
connection.close-ok 10 51
connection.blocked 10 60 reason:s
connection.unblocked 10 61
connection.update-secret 10 70 new-secret:S reason:s
connection.update-secret-ok 10 71
channel.open 20 10 out-of-band:s
channel.open-ok 20 11 channel-id:S
channel.flow 20 20 active:b
channel.flow-ok 20 21 active:b
channel.close 20 40 reply-code:h reply-text:s class-id:h method-id:h
channel.close-ok 20 41
access.request 30 10 realm:s exclusive:b passive:b active:b write:b read:b
access.request-ok 30 11 ticket:h
exchange.declare 40 10 ticket:h exchange:s type:s passive:b durable:b auto-delete:b internal:b no-wait:b arguments:T
exchange.declare-ok 40 11
exchange.delete 40 20 ticket:h exchange:s if-unused:b no-wait:b
exchange.delete-ok 40 21
exchange.bind 40 30 ticket:h destination:s source:s routing-key:s no-wait:b arguments:T
exchange.bind-ok 40 31
exchange.unbind 40 40 ticket:h destination:s source:s routing-key:s no-wait:b arguments:T
exchange.unbind-ok 40 51
queue.declare 50 10 ticket:h queue:s passive:b durable:b exclusive:b auto-delete:b no-wait:b arguments:T
queue.declare-ok 50 11 queue:s message-count:l consumer-count:l
queue.bind 50 20 ticket:h queue:s exchange:s routing-key:s no-wait:b arguments:T
queue.bind-ok 50 21
queue.purge 50 30 ticket:h queue:s no-wait:b
queue.purge-ok 50 31 message-count:l
queue.delete 50 40 ticket:h queue:s if-unused:b if-empty:b no-wait:b
queue.delete-ok 50 41 message-count:l
queue.unbind 50 50 ticket:h queue:s exchange:s routing-key:s arguments:T
queue.unbind-ok 50 51
basic.qos 60 10 prefetch-size:l prefetch-count:h global:b
basic.qos-ok 60 11
basic.consume 60 20 ticket:h queue:s consumer-tag:s no-local:b no-ack:b exclusive:b no-wait:b arguments:T
basic.consume-ok 60 21 consumer-tag:s
basic.cancel 60 30 consumer-tag:s no-wait:b
basic.cancel-ok 60 31 consumer-tag:s
basic.publish 60 40 ticket:h exchange:s routing-key:s mandatory:b immediate:b +content
basic.return 60 50 reply-code:h reply-text:s exchange:s routing-key:s +content
basic.deliver 60 60 consumer-tag:s delivery-tag:L redelivered:b exchange:s routing-key:s +content
basic.get 60 70 ticket:h queue:s no-ack:b
basic.get-ok 60 71 delivery-tag:L redelivered:b exchange:s routing-key:s message-count:l +content
basic.get-empty 60 72 cluster-id:s
basic.ack 60 80 delivery-tag:L multiple:b
basic.reject 60 90 delivery-tag:L requeue:b
basic.recover-async 60 100 requeue:b
basic.recover 60 110 requeue:b
basic.recover-ok 60 111
basic.nack 60 120 delivery-tag:L multiple:b requeue:b
confirm.select 85 10 no-wait:b
confirm.select-ok 85 11
tx.select 90 10
tx.select-ok 90 11
tx.commit 90 20
tx.commit-ok 90 21
tx.rollback 90 30
tx.rollback-ok 90 31
`;

function parseLine(line: string): MethodShape {
  const [name = '', classId, methodId, ...rest] = line.split(' ');
  const fields = rest.filter((part) => part !== '+content');
  return {
    name,
    classId: Number(classId),
    methodId: Number(methodId),
    hasContent: rest.includes('+content'),
    fields: fields.map((part) => {
      const [fieldName = '', letter = ''] = part.split(':');
      const type = TYPE_LETTERS[letter];
      if (type === undefined) throw new Error(`bad method line: ${line}`);
      return { name: fieldName, type };
    }),
  };
}

const SHAPES: readonly MethodShape[] = METHOD_LINES.trim().split('\n').map(parseLine);
const byName = new Map(SHAPES.map((shape) => [shape.name, shape]));
const byIds = new Map(SHAPES.map((shape) => [shape.classId * 65536 + shape.methodId, shape]));

export function methodNamed(name: string): MethodShape {
  const shape = byName.get(name);
  if (shape === undefined) throw new Error(`no such method: ${name}`);
  return shape;
}

export function methodWithIds(classId: number, methodId: number): MethodShape {
  const shape = byIds.get(classId * 65536 + methodId);
  if (shape === undefined) throw new Error(`the broker sent method ${classId}.${methodId}`);
  return shape;
}
