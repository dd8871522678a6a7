// Messages, one under the other: where each came from, its properties and headers, its deaths, its payload.

import { ArgumentList } from '../elements/arguments.tsx';
import { Facts } from '../elements/panel.tsx';
import { PayloadView } from '../elements/payload-view.tsx';
import { Badge, ExchangeLink, Name } from '../elements/text.tsx';
import { formatDuration, formatTime } from '../format/numbers.ts';
import type { MessageView } from '../http/views.ts';
import { deathsOf } from '../message/deaths.ts';

interface MessageListProps {
  readonly vhost: string;
  readonly messages: readonly MessageView[];
  /** The number of the first one. */
  readonly first: number;
}

export function MessageList({ vhost, messages, first }: MessageListProps) {
  return (
    <ol class="messages" start={first + 1}>
      {messages.map((message, index) => (
        <li key={first + index}>
          <Message vhost={vhost} message={message} number={first + index + 1} />
        </li>
      ))}
    </ol>
  );
}

interface MessageProps {
  readonly vhost: string;
  readonly message: MessageView;
  readonly number: number;
}

function Message({ vhost, message, number }: MessageProps) {
  const { headers, ...properties } = message.properties;
  const deaths = deathsOf(headers);
  return (
    <article class="message" aria-label={`Message ${number}`}>
      <header>
        <b class="message-number">{number}</b>
        <ExchangeLink vhost={vhost} name={message.exchange} />
        <span aria-hidden="true">→</span>
        <Name text={message.routing_key} empty="(empty key)" />
        {message.redelivered && <Badge tone="warning">redelivered</Badge>}
        {message.properties['delivery_mode'] === 2 ? (
          <Badge>persistent</Badge>
        ) : (
          <Badge>transient</Badge>
        )}
        {deaths.length > 0 && <Badge tone="warning">dead letter</Badge>}
        {message.age_seconds !== undefined && (
          <span class="faint">{formatDuration(message.age_seconds)} old</span>
        )}
      </header>
      {deaths.length > 0 && (
        <ol class="deaths" aria-label="Deaths, the latest first">
          {deaths.map(({ queue, reason, count, exchange, keys, timeMs }) => (
            <li key={`${queue} ${reason}`}>
              <b>{reason}</b> in <Name text={queue} />
              {count > 1 && <Badge tone="warning">{count} times</Badge>}
              <span class="faint">
                {formatTime(timeMs)}, published to <Name text={exchange} empty="(default)" /> with{' '}
                <Name text={keys.join(', ')} empty="(empty key)" />
              </span>
            </li>
          ))}
        </ol>
      )}
      <Facts
        facts={[
          Object.keys(properties).length > 0 && {
            label: 'Properties',
            value: <ArgumentList table={properties} />,
          },
          headers !== undefined && {
            label: 'Headers',
            value: <ArgumentList table={headers as Record<string, unknown>} />,
          },
        ]}
      />
      <PayloadView message={message} fileName={`message-${number}.bin`} />
    </article>
  );
}
