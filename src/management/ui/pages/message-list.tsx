// Messages, one under the other. Each is a line that opens: its deaths, its properties and headers, its payload.
import { useState } from 'preact/hooks';
import { ArgumentList } from '../elements/arguments.tsx';
import { Facts } from '../elements/panel.tsx';
import { PayloadView } from '../elements/payload-view.tsx';
import { Badge, Name } from '../elements/text.tsx';
import { formatBytes, formatDuration, formatTime } from '../format/numbers.ts';
import type { MessageView } from '../http/views.ts';
import { type Death, deathsOf } from '../message/deaths.ts';

interface MessageListProps {
  readonly messages: readonly MessageView[];
  /** The number of the first one. */
  readonly first: number;
}

export function MessageList({ messages, first }: MessageListProps) {
  const numberOf = ({ offset }: MessageView, index: number) => (offset ?? first + index) + 1;
  return (
    <ol class="messages">
      {messages.map((message, index) => (
        <li key={numberOf(message, index)}>
          <Message message={message} number={numberOf(message, index)} isFirst={index === 0} />
        </li>
      ))}
    </ol>
  );
}

interface MessageProps {
  readonly message: MessageView;
  readonly number: number;
  readonly isFirst: boolean;
}

const PREVIEW_CHARACTERS = 120;

function Message({ message, number, isFirst }: MessageProps) {
  const [isOpen, setOpen] = useState(isFirst);
  const deaths = deathsOf(message.properties['headers']);
  const preview = message.payload_encoding === 'string' ? message.payload : '(binary)';
  return (
    <details class="message" open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <b class="message-number">{number}</b>
        <span class="way">
          <Name text={message.exchange} empty="(default)" /> <span aria-hidden="true">→</span>{' '}
          <Name text={message.routing_key} empty="(empty key)" />
        </span>
        {!isOpen && (
          <span class="preview">
            <Name text={preview.slice(0, PREVIEW_CHARACTERS)} empty="(empty)" />
          </span>
        )}
        <span class="badges">
          {message.redelivered && <Badge tone="warning">redelivered</Badge>}
          {message.properties['delivery_mode'] !== 2 && <Badge>transient</Badge>}
          {deaths.length > 0 && <Badge tone="warning">dead letter</Badge>}
        </span>
        <span class="faint">
          {message.age_ms !== undefined && `${ageText(message.age_ms)} · `}
          {formatBytes(message.payload_bytes)}
        </span>
      </summary>
      {isOpen && <Opened message={message} deaths={deaths} fileName={`message-${number}.bin`} />}
    </details>
  );
}

const ageText = (ms: number) => (ms < 1000 ? 'new' : `${formatDuration(ms / 1000)} old`);

interface OpenedProps {
  readonly message: MessageView;
  readonly deaths: readonly Death[];
  readonly fileName: string;
}

function Opened({ message, deaths, fileName }: OpenedProps) {
  const { headers, ...properties } = message.properties;
  const table = { ...((headers ?? {}) as Record<string, unknown>) };
  // The list of deaths says the same, readably.
  if (deaths.length > 0) delete table['x-death'];
  return (
    <>
      {deaths.length > 0 && <Deaths deaths={deaths} />}
      <Facts
        facts={[
          message.expires_at !== undefined && {
            label: 'Expires',
            value: formatTime(message.expires_at),
          },
          Object.keys(properties).length > 0 && {
            label: 'Properties',
            value: <ArgumentList table={properties} />,
          },
          Object.keys(table).length > 0 && {
            label: 'Headers',
            value: <ArgumentList table={table} />,
          },
        ]}
      />
      <PayloadView message={message} fileName={fileName} />
    </>
  );
}

function Deaths({ deaths }: { readonly deaths: readonly Death[] }) {
  return (
    <ol class="deaths" aria-label="Deaths, the latest first">
      {deaths.map(({ queue, reason, count, exchange, keys, timeMs }) => (
        <li key={`${queue} ${reason}`}>
          <b>
            <Name text={reason} />
          </b>{' '}
          in <Name text={queue} /> {count > 1 && <Badge tone="warning">{count} times</Badge>}
          <span class="faint">
            {formatTime(timeMs)}, published to <Name text={exchange} empty="(default)" /> with{' '}
            <Name text={keys.join(', ')} empty="(empty key)" />
          </span>
        </li>
      ))}
    </ol>
  );
}
