// Which queues would get this key and these headers? Nothing is published.
import { useState } from 'preact/hooks';
import { ArgumentsField, argumentsOf } from '../elements/arguments.tsx';
import { ActionForm, Field, type FormValues } from '../elements/form.tsx';
import { Empty, Panel } from '../elements/panel.tsx';
import { QueueLink } from '../elements/text.tsx';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';

interface RoutingTesterProps {
  readonly vhost: string;
  readonly exchange: string;
  readonly type: string;
}

interface Result {
  readonly key: string;
  readonly queues: readonly string[];
}

export function RoutingTester({ vhost, exchange, type }: RoutingTesterProps) {
  const [result, setResult] = useState<Result | undefined>(undefined);
  const test = async (values: FormValues) => {
    const key = values.text('routing_key');
    const answer = await request<{ queues: readonly (string | { name: string })[] }>(
      'POST',
      ['x', 'exchanges', vhost, exchange, 'route'],
      { body: { routing_key: key, headers: argumentsOf(values, 'headers') } },
    );
    const queues = answer.queues.map((queue) => (typeof queue === 'string' ? queue : queue.name));
    setResult({ key, queues });
    return undefined;
  };
  return (
    <div class="columns">
      <Panel title="Test routing" note="publishes nothing">
        <ActionForm label="Test routing" submit="Which queues?" onSubmit={test}>
          <Field
            label="Routing key"
            name="routing_key"
            {...(type === 'topic' ? { placeholder: 'order.created.eu' } : {})}
          />
          <ArgumentsField label="Headers" name="headers" />
        </ActionForm>
      </Panel>
      <Panel title="Result">
        <div aria-live="polite">
          {result === undefined ? (
            <Empty>Enter a key; the queues that would get the message appear here.</Empty>
          ) : (
            <Answer vhost={vhost} result={result} />
          )}
        </div>
      </Panel>
    </div>
  );
}

function Answer({ vhost, result }: { readonly vhost: string; readonly result: Result }) {
  const { key, queues } = result;
  const key_ = key === '' ? 'the empty key' : `“${visibleName(key)}”`;
  if (queues.length === 0) {
    return <p class="notice warning">No queue gets {key_}. A mandatory message would come back.</p>;
  }
  return (
    <>
      <p>
        {queues.length === 1 ? 'One queue gets' : `${queues.length} queues get`} {key_}:
      </p>
      <ul class="plain-list">
        {queues.map((name) => (
          <li key={name}>
            <QueueLink vhost={vhost} name={name} />
          </li>
        ))}
      </ul>
    </>
  );
}
