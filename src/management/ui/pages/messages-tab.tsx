// A queue's messages: peek looks and changes nothing; get takes them as a client would, and says what that does.
import { useState } from 'preact/hooks';
import { act } from '../elements/act.ts';
import { ActionForm, Choice, Field, type FormValues } from '../elements/form.tsx';
import { Empty, Panel, Waiting } from '../elements/panel.tsx';
import { formatCount } from '../format/numbers.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { changes, usePolled } from '../http/use-polled.ts';
import type { MessageView, PeekedView } from '../http/views.ts';
import { MessageList } from './message-list.tsx';

interface MessagesTabProps {
  readonly vhost: string;
  readonly name: string;
}

export function MessagesTab(props: MessagesTabProps) {
  return (
    <>
      <Peek {...props} />
      <Get {...props} />
    </>
  );
}

const LIMIT = 20;
const TRUNCATE_BYTES = 200_000;

interface Asked {
  readonly state: string;
  readonly filter: string;
  /** Where each page that was looked at began; the last is the one shown. */
  readonly offsets: readonly number[];
}

const STATES = [
  { value: 'ready', label: 'Ready' },
  { value: 'unacked', label: 'Unacked' },
  { value: 'waiting', label: 'Waiting for a retry' },
];

function Peek({ vhost, name }: MessagesTabProps) {
  const [asked, setAsked] = useState<Asked>({ state: 'ready', filter: '', offsets: [0] });
  const ask = async (values: FormValues) => {
    setAsked({ state: values.text('state'), filter: values.text('filter'), offsets: [0] });
    changes.value++;
    return undefined;
  };
  return (
    <Panel title="Peek" note="changes nothing: no order, no redelivered mark">
      <ActionForm label="Peek" submit="Look" onSubmit={ask}>
        <div class="fields">
          <Choice label="Messages" name="state" options={STATES} />
          <Field
            label="Containing"
            name="filter"
            hint="in payload, routing key or headers"
            type="search"
          />
        </div>
      </ActionForm>
      <PeekedMessages vhost={vhost} name={name} asked={asked} onAsk={setAsked} />
    </Panel>
  );
}

interface PeekedMessagesProps extends MessagesTabProps {
  readonly asked: Asked;
  readonly onAsk: (asked: Asked) => void;
}

function PeekedMessages({ vhost, name, asked, onAsk }: PeekedMessagesProps) {
  const { offsets, state, filter } = asked;
  const offset = offsets.at(-1) ?? 0;
  const path = ['x', 'queues', vhost, name, 'messages'];
  const query = { offset, limit: LIMIT, state, filter, truncate: TRUNCATE_BYTES };
  const { value, error, isOld } = usePolled<PeekedView>(path, query, { everyMs: 0 });
  if (value === undefined) return <Waiting error={error} />;
  const { messages, next_offset: next } = value;
  return (
    <div aria-busy={isOld}>
      {messages.length === 0 ? (
        <Empty>{filter === '' ? 'There is none.' : 'None contains it.'}</Empty>
      ) : (
        <MessageList key={`${state} ${filter} ${offset}`} messages={messages} first={offset} />
      )}
      {(offsets.length > 1 || next !== null) && (
        <nav class="pages" aria-label="Messages">
          <button
            type="button"
            disabled={offsets.length < 2}
            onClick={() => onAsk({ ...asked, offsets: offsets.slice(0, -1) })}
          >
            ‹ Earlier
          </button>
          <span class="range">from {formatCount(offset + 1)}</span>
          <button
            type="button"
            disabled={next === null}
            onClick={() => onAsk({ ...asked, offsets: [...offsets, next ?? 0] })}
          >
            Later ›
          </button>
        </nav>
      )}
    </div>
  );
}

const ACK_MODES = [
  { value: 'ack_requeue_true', label: 'put back (marked as redelivered)' },
  { value: 'reject_requeue_true', label: 'reject and put back' },
  { value: 'ack_requeue_false', label: 'REMOVE from the queue' },
  { value: 'reject_requeue_false', label: 'reject: dead-letter or REMOVE' },
];

function Get({ vhost, name }: MessagesTabProps) {
  const [messages, setMessages] = useState<readonly MessageView[] | undefined>(undefined);
  const get = async (values: FormValues) => {
    const mode = values.text('ackmode');
    const count = Number(values.text('count'));
    const take = async () => {
      setMessages(
        await request<readonly MessageView[]>('POST', ['queues', vhost, name, 'get'], {
          body: { count, ackmode: mode, encoding: 'auto', truncate: TRUNCATE_BYTES },
        }),
      );
    };
    if (!mode.endsWith('_false')) {
      await take();
      return undefined;
    }
    await act(take, 'The messages below are out of the queue.', {
      title: 'Take messages out of the queue',
      consequences: [`Up to ${formatCount(count)} messages leave ${visibleName(name)} for good.`],
      action: 'Take out',
    });
    return undefined;
  };
  return (
    <Panel title="Get" note="takes messages as a consumer does">
      <ActionForm label="Get messages" submit="Get" onSubmit={get}>
        <div class="fields">
          <Field label="How many" name="count" type="number" value="1" min={1} max={1000} />
          <Choice label="Then" name="ackmode" options={ACK_MODES} isRoomy />
        </div>
      </ActionForm>
      <div aria-live="polite">
        {messages?.length === 0 && <Empty>The queue has no ready message.</Empty>}
        {messages !== undefined && messages.length > 0 && (
          <MessageList messages={messages} first={0} />
        )}
      </div>
    </Panel>
  );
}
